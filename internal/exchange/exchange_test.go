package exchange

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
)

func TestCheckAddress(t *testing.T) {
	for address, good := range map[string]bool{
		"https://pay.example": true, "https://pay.example:8443/a?b#c": true, "http://localhost:1": true, "http://a.localhost": true,
		"http://127.0.0.1:80/": true, "http://[::1]/": true, "HTTPS://pay.example": true,
		"": false, "pay.example": false, "/pay": false, "//pay.example": false, "http://pay.example": false, "http://localhost.evil.example": false,
		"https://": false, "https:///x": false, "https://u:p@pay.example": false, "ftp://localhost": false, "javascript:alert(1)": false,
		"https:pay.example": false, "http://10.0.0.1": false, "https://pay.example/" + strings.Repeat("a", maxAddress): false, "https://pay .example": false,
	} {
		if _, err := CheckAddress(address); (err == nil) != good {
			t.Errorf("%.40q: %v, want good: %v", address, err, good)
		} else if err != nil && !errors.Is(err, order.CodeInvalid) {
			t.Errorf("%.40q: code of %v", address, err)
		}
	}
}

func TestCheckBase(t *testing.T) {
	for base, want := range map[string]string{
		"https://pay.example": "https://pay.example", "https://pay.example/": "https://pay.example", "https://pay.example/a/": "https://pay.example/a",
		"https://pay.example?": "", "https://pay.example/#": "", "https://pay.example?a": "", "http://pay.example": "",
	} {
		if got, err := CheckBase(base); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", base, got, err)
		}
	}
}

func TestOrigin(t *testing.T) {
	for address, want := range map[string]string{
		"https://Pay.Example:443/a?b": "https://pay.example", "https://pay.example:8443": "https://pay.example:8443",
		"http://a.localhost:80/": "http://a.localhost", "http://a.localhost:443": "http://a.localhost:443", "http://pay.example": "", "x": "",
	} {
		if got := Origin(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

// FuzzSplitQuery: what AppendChoices adds, SplitQuery takes away, and the code's
// own query is the same to the byte.
func FuzzSplitQuery(f *testing.F) {
	for _, seed := range []string{"", "v=AbC-_", "a=b/c%20d&v=1", "&&", "a&", "%zz=1", "q", "Q.a=1", "q=.&v"} {
		f.Add(seed, "oolong", int64(2))
	}
	f.Fuzz(func(t *testing.T, code, item string, quantity int64) {
		for pair := range strings.SplitSeq(code, "&") {
			if strings.HasPrefix(pair, ChoicePrefix) {
				t.Skip("the names are ours")
			}
		}
		if item == "" || quantity < 1 || quantity > order.MaxQuantity {
			t.Skip("no choice")
		}
		want := []order.Choice{{Item: item, Quantity: quantity}, {Item: "x", Quantity: 1}}
		own, choices, err := SplitQuery(AppendChoices(code, want))
		if diff := cmp.Diff(want, choices); err != nil || own != code || diff != "" {
			t.Errorf("%q became %q with %v: %v", code, own, choices, err)
		}
	})
}

func TestSplitQuery(t *testing.T) {
	for raw, want := range map[string]string{
		"v=1&q.a=2": "v=1", "q.a=2&v=1&w": "v=1&w", "q.=v%3D1%26w&q.a=2": "v=1&w", "q.=&v=1": "v=1", "q.a=": "", "q.a=00": "",
		"q.=v%3D1&v=1": "!", "q.=%ZZ": "!", "q.=a+b": "!", "q.=a%23b": "!", "q.a=-1": "!", "q.a=1.5": "!", "q.a=10000": "!", "q.a=%ZZ": "!", "q.%ZZ=1": "!",
		strings.Repeat("q.a=1&", order.MaxLines+1): "!", "q.=a&q.=b": "!",
	} {
		own, _, err := SplitQuery(raw)
		if err != nil {
			own = "!"
		}
		if own != want {
			t.Errorf("%.40q: %q (%v), want %q", raw, own, err, want)
		}
		if err != nil && !errors.Is(err, order.CodeInvalid) {
			t.Errorf("%.40q: code of %v", raw, err)
		}
	}
}

func TestWord(t *testing.T) {
	for value, good := range map[string]bool{"a": true, "a-9": true, strings.Repeat("a", 64): true, "": false, "A": false, "a b": false, strings.Repeat("a", 65): false} {
		got, err := Word(http.Header{HeaderApp: {value}}, HeaderApp)
		if (err == nil) != good || good && got != value {
			t.Errorf("%q: %q, %v", value, got, err)
		}
	}
	if _, err := Word(http.Header{HeaderApp: {"a", "b"}}, HeaderApp); !errors.Is(err, order.CodeInvalid) {
		t.Errorf("two words: %v", err)
	}
	if got, err := Word(http.Header{}, HeaderApp); got != "" || err != nil {
		t.Errorf("none: %q, %v", got, err)
	}
	h := http.Header{}
	if err := SetWord(h, HeaderApp, ""); err != nil || len(h) > 0 {
		t.Errorf("%v, %v", h, err)
	}
}

func TestDoKeepsTheCause(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := NewClient(http.DefaultClient, -1, 0).Do(ctx, Call{Op: "op", Method: "GET", Address: "http://nobody.localhost/secret"}, nil)
	if !errors.Is(err, context.Canceled) || !errors.Is(err, order.CodeUnavailable) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	for name, c := range map[string]Call{
		"a body that is no JSON": {Op: "op", Method: "POST", Address: "https://a.example", Body: func() {}},
		"a bad method":           {Op: "op", Method: "G T", Address: "https://a.example"},
		"a bad key":              {Op: "op", Method: "POST", Address: "https://a.example", Key: "\n"},
	} {
		if err := NewClient(http.DefaultClient, 0, 0).Do(t.Context(), c, nil); !errors.Is(err, order.CodeInvalid) || !strings.HasPrefix(err.Error(), "op: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
