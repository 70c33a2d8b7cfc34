package wire

import (
	"bytes"
	"errors"
	"testing"

	strict "github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
)

type fuzzed struct {
	Text  string           `json:"text"`
	Count int64            `json:"count"`
	On    bool             `json:"on"`
	Ratio float64          `json:"ratio"`
	Part  *line            `json:"part"`
	Lines []line           `json:"lines"`
	Map   map[string]int32 `json:"map"`
	Any   any              `json:"any"`
}

// Decode takes what an independent strict decoder takes, with the same
// outcome, but for what only ours refuses: null where Go has no nil, and depth.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"text":"a","count":1,"on":true,"ratio":0.5,"part":{"name":"x"},"lines":[{"name":"y"}],"map":{"k":3},"any":[{}]}`,
		`{"text":"\ud83d\ude00 \\ud83d \\\\","any":{"\ud83d":1}}`, `{"text":"a","text":"b"}`, `{"TEXT":"a"}`,
		`{"count":1e2}`, `{"count":1.0}`, `{"count":-0}`, `{"count":9223372036854775808}`, `{"map":{"k":2147483648}}`,
		`{"any":1e999}`, `{"ratio":1e999}`, `{"ratio":-0.0}`, `{"other":1}`, `{} x`, ` [ ] `, `"x"`, `{"on":1}`, `{"lines":[{"name":"x"},]}`,
		"{\"text\":\"\xff\"}", "\ufeff{}", `{"any":"\u0000"}`, `{"part":{"name":"x","name":"x"}}`, `{"ſ":1,"Text":2}`, `{"any":{"":{"":[]}}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, want fuzzed
		err := decode(data, &got, requestRules)
		wantErr := strict.Unmarshal(data, &want, strict.RejectUnknownMembers(true))
		if err != nil && !errors.Is(err, order.CodeInvalid) {
			t.Fatalf("error %v is not about the request", err)
		}
		switch {
		case err == nil && wantErr != nil:
			t.Fatalf("took %q, the oracle says %v", data, wantErr)
		case err != nil && wantErr == nil && !bytes.Contains(data, []byte("null")) && bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) < maxDepth:
			t.Fatalf("refused %q with %v, the oracle takes it", data, err)
		case err == nil && !cmp.Equal(got, want):
			t.Fatalf("%q differs from the oracle: %s", data, cmp.Diff(want, got))
		}
		var told fuzzed
		toldErr := decode(data, &told, reportRules)
		if err == nil && (toldErr != nil || !cmp.Equal(told, got)) {
			t.Fatalf("%q is another notification than request: %v, %s", data, toldErr, cmp.Diff(got, told))
		}
		if toldErr == nil && strict.Unmarshal(data, new(fuzzed)) != nil {
			t.Fatalf("took the notification %q", data)
		}
	})
}

// Whatever a peer answers, its error is one that programs can branch on.
func FuzzReadError(f *testing.F) {
	f.Add(409, `{"type":"`+problemType+`","code":"on_hold","detail":"d","retryable":true}`)
	f.Add(404, `{"type":"about:blank","code":"not_found","problems":[{"path":"/a","detail":"b"}]}`)
	f.Add(503, `{`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		err := ReadError(answered(status, problemMedia, body))
		if ok := status >= 200 && status <= 299; ok != (err == nil) || !ok && !known(order.CodeOf(err)) {
			t.Fatalf("status %d with %q gives %v", status, body, err)
		}
	})
}
