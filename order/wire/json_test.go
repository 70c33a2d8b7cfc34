package wire

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
)

type base struct {
	ID string `json:"id"`
}

type note struct {
	base
	Text   string            `json:"text"`
	Count  int64             `json:"count"`
	Small  uint8             `json:"small,omitempty"`
	Ratio  float64           `json:"ratio"`
	On     bool              `json:"on"`
	At     time.Time         `json:"at,omitzero"`
	Lines  []line            `json:"lines"`
	Extra  *line             `json:"extra"`
	Labels map[string]string `json:"labels"`
	Raw    []byte            `json:"raw"`
	Any    any               `json:"any"`
	Big    int64             `json:"big,string"`
	Money  order.Money       `json:"money"`
	Hidden string            `json:"-"`
	secret string
}

type line struct {
	Name string `json:"name"`
}

func post(body string) *http.Request {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

func TestDecodeTakesWhatFits(t *testing.T) {
	got := note{secret: "kept"}
	err := Decode(post(`{"id":"a","text":"é😀\uD83D\uDE00","count":-9007199254740991,"small":255,"ratio":1e2,
		"on":true,"at":"2026-01-02T15:04:05Z","lines":[{"name":"x"},{"name":"y"}],"extra":null,
		"labels":{"a/b":"c","A/B":"d"},"raw":"aGk=","any":{"deep":[1,null]},"big":"12","money":{"amount":1,"currency":"CNY"}}`), 1<<10, &got)
	if err != nil {
		t.Fatal(err)
	}
	want := note{
		base: base{"a"}, Text: "é😀😀", Count: -9007199254740991, Small: 255, Ratio: 100, On: true,
		At: time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC), Lines: []line{{"x"}, {"y"}},
		Labels: map[string]string{"a/b": "c", "A/B": "d"}, Raw: []byte("hi"),
		Any: map[string]any{"deep": []any{1.0, nil}}, Big: 12, Money: order.Money{Amount: 1, Currency: "CNY"}, secret: "kept",
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(note{})); diff != "" {
		t.Error(diff)
	}
}

// Every refusal says where and what would be right.
func TestDecodeRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		body string
		want []string // path, then what is wrong
	}{
		"unknown field":      {`{"lines":[{"name":"x"},{"nmae":"y"}]}`, []string{`/lines/1/nmae is not known here: want "name"`}},
		"unknown in money":   {`{"money":{"value":1}}`, []string{`/money/value is not known here: want one of "amount", "currency"`}},
		"other letter case":  {`{"extra":{"Name":"x"}}`, []string{`/extra/Name is not known here: want "name"`}},
		"duplicate":          {`{"text":"a","text":"a"}`, []string{"/text stands twice: give it once"}},
		"escaped duplicate":  {`{"text":"a","\u0074ext":"a"}`, []string{"/text stands twice: give it once"}},
		"duplicate in a map": {`{"labels":{"a/b~":"","a/b~":""}}`, []string{"/labels/a~1b~0 stands twice: give it once"}},
		"duplicate in any":   {`{"any":[{"x":1,"x":2}]}`, []string{"/any/0/x stands twice: give it once"}},
		"kinds, all at once": {`{"text":1,"count":"1","on":"yes","lines":{},"extra":[],"labels":[],"ratio":"x"}`, []string{
			"/text is 1: want a string", "/count is a string: want an integer of 64 bits",
			"/on is a string: want true or false", "/lines is an object: want an array",
			"/extra is an array: want an object", "/labels is an array: want an object",
			"/ratio is a string: want a number",
		}},
		"no integer":         {`{"count":1.5}`, []string{"/count is 1.5: want an integer of 64 bits"}},
		"integer too large":  {`{"count":9223372036854775808}`, []string{"/count is 9223372036854775808: want an integer of 64 bits"}},
		"negative":           {`{"small":-1}`, []string{"/small is -1: want an integer of 8 bits, not negative"}},
		"array for bytes":    {`{"raw":[1]}`, []string{"/raw is an array: want a string in base64"}},
		"not base64":         {`{"raw":"?"}`, []string{"/raw is a string: want a string in base64"}},
		"no time":            {`{"at":"yesterday"}`, []string{"/at is a string: want a time such as 2006-01-02T15:04:05Z"}},
		"null":               {`{"text":null,"lines":[null],"at":null}`, []string{"/text is null: want a string, or nothing at all", "/lines/0 is null: want an object, or nothing at all", "/at is null: want a time such as 2006-01-02T15:04:05Z, or nothing at all"}},
		"half a character":   {`{"text":"\ud83d"}`, []string{"/text holds half of a surrogate pair, which is no character"}},
		"two halves swapped": {`{"text":"\ude00\ud83d"}`, []string{"/text holds half of a surrogate pair, which is no character"}},
		"half in a name":     {`{"any":{"\udc00":1}}`, []string{"/any holds half of a surrogate pair, which is no character"}},
		"hidden field":       {`{"extra":{"-":"x"}}`, []string{`/extra/- is not known here: want "name"`}},
		"unexported field":   {`{"any":{"secret":1},"secret":"x"}`, []string{`/secret is not known here: want one of "any", "at", "big", "count", "extra", "id", "labels", "lines", "money", "on", "ratio", "raw", "small", "text"`}},
		"top level":          {`[]`, []string{"is an array: want an object"}},
		"empty":              {" ", []string{"is empty: want JSON"}},
		"trailing":           {`{} {}`, []string{"is not one JSON value: invalid character '{' after top-level value, at byte 4"}},
		"not JSON":           {`{"text":}`, []string{"is not one JSON value: invalid character '}' looking for beginning of value, at byte 9"}},
		"cut off":            {`{"text":"a`, []string{"is not one JSON value: unexpected end of JSON input, at byte 10"}},
		"not UTF-8":          {"{\"text\":\"\xff\"}", []string{"holds bytes that are not UTF-8"}},
		"own string":         {`{"big":12}`, []string{"does not fit the message that is expected here"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := Decode(post(tc.body), 1<<10, new(note))
			e, ok := errors.AsType[*order.Error](err)
			if !ok || e.Code != order.CodeInvalid || e.Op != "wire.Decode" {
				t.Fatalf("got %v, want an invalid request", err)
			}
			var got []string
			for _, p := range e.Problems {
				got = append(got, p.String())
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// level decides itself what it takes.
type level int

func (l *level) UnmarshalJSON(b []byte) error {
	if !bytes.Equal(b, []byte(`{"level":{"high":true}}`)) {
		return errors.New("there is only one level")
	}
	*l = 1
	return nil
}

type odd struct {
	ID    int64 `json:"id"` // hides base's
	*base       // its fields count as this struct's
	Plain bool
	Level *level
	Host  netip.Addr
	Empty struct{}
	Parts map[string]line
}

// Names and values follow encoding/json, also where it is peculiar.
func TestDecodeOddTypes(t *testing.T) {
	for body, want := range map[string]string{
		`{"id":1,"Plain":true,"Level":{"level":{"high":true}},"Host":"::1","Empty":{},"Parts":{"a":{"name":"x"}}}`: "",
		`{"id":"a"}`:                            "/id is a string: want an integer of 64 bits",
		`{"plain":true}`:                        `/plain is not known here: want one of "Empty", "Host", "Level", "Parts", "Plain", "id"`,
		`{"Level":2}`:                           "/Level is not valid: there is only one level",
		`{"Level":{"level":{"x":1,"x":1}}}`:     "/Level/level/x stands twice: give it once; /Level is not valid: there is only one level",
		`{"Host":1}`:                            "/Host is 1: want a string",
		`{"Host":{}}`:                           "/Host is an object: want a string",
		`{"Host":"x"}`:                          `/Host is not valid: ParseAddr("x"): unable to parse IP`,
		`{"Empty":{"a":1}}`:                     "/Empty/a is not known here: want no fields",
		`{"Parts":{"a":1}}`:                     "/Parts/a is 1: want an object",
		`{"Parts":{"a":{"n":1},"b":{"m":"2"}}}`: `/Parts/a/n is not known here: want "name"; /Parts/b/m is not known here: want "name"`,
		`1`:                                     "is 1: want an object",
	} {
		err := Decode(post(body), 1<<10, new(odd))
		var got []string
		if e, ok := errors.AsType[*order.Error](err); ok {
			for _, p := range e.Problems {
				got = append(got, p.String())
			}
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%s gives %s, want %s", body, s, want)
		}
	}
}

func TestDecodeIsBounded(t *testing.T) {
	deep := func(n int) string { return `{"any":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}` }
	if err := Decode(post(deep(maxDepth-1)), 1<<10, new(note)); err != nil {
		t.Errorf("%d deep: %v", maxDepth, err)
	}
	if err := Decode(post(deep(maxDepth)), 1<<10, new(note)); !errors.Is(err, order.CodeInvalid) {
		t.Errorf("%d deep: %v", maxDepth+1, err)
	}
	many := `[` + strings.Repeat(`0,`, 500) + `0]`
	err := Decode(post(many), 1<<20, new([]string))
	if e, ok := errors.AsType[*order.Error](err); !ok || len(e.Problems) != maxProblems {
		t.Errorf("501 problems: got %.100v", err)
	}
	long := `{"` + strings.Repeat("é", 5000) + `":1}`
	err = Decode(post(long), 1<<20, new(note))
	if e, ok := errors.AsType[*order.Error](err); !ok || len(e.Problems[0].Path) > maxName+8 {
		t.Errorf("a long name: got %.200v", err)
	}
}

func TestDecodeLimit(t *testing.T) {
	body := `{"text":"a"}`
	if err := Decode(post(body), int64(len(body)), new(note)); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if err := Decode(post(body), int64(len(body))-1, new(note)); !errors.Is(err, order.CodeTooLarge) {
		t.Errorf("above the limit: %v", err)
	}
	r := post(body)
	r.Body = http.MaxBytesReader(nil, r.Body, 3)
	if err := Decode(r, 1<<10, new(note)); !errors.Is(err, order.CodeTooLarge) {
		t.Errorf("above a limit set before: %v", err)
	}
	r.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF))
	if err := Decode(r, 1<<10, new(note)); !errors.Is(err, order.CodeUnavailable) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("broken off: %v", err)
	}
	if err := Decode(post(`{}`), 1<<10, note{}); !errors.Is(err, order.CodeInternal) {
		t.Errorf("into no pointer: %v", err)
	}
}

func TestDecodeMediaType(t *testing.T) {
	for media, ok := range map[string]bool{
		"application/json": true, "Application/JSON; charset=UTF-8": true,
		"": false, "text/plain": false, "application/problem+json": false,
		"application/json; charset=utf-16": false, "application/json;": true, "nonsense/": false,
	} {
		r := post(`{}`)
		r.Header.Set("Content-Type", media)
		if err := Decode(r, 10, new(note)); (err == nil) != ok || err != nil && !errors.Is(err, order.CodeInvalid) {
			t.Errorf("%q: %v", media, err)
		}
	}
	r := post(`{}`)
	r.Header.Add("Content-Type", "application/json")
	if err := Decode(r, 10, new(note)); !errors.Is(err, order.CodeInvalid) {
		t.Errorf("two content types: %v", err)
	}
	r = post(`{}`)
	r.Header.Set("Content-Encoding", "gzip")
	if err := Decode(r, 10, new(note)); !errors.Is(err, order.CodeInvalid) {
		t.Errorf("encoded content: %v", err)
	}
}

// Whoever tells what happened may grow before its readers; nothing else is
// forgiven, nor in what is skipped.
func TestDecodeNotification(t *testing.T) {
	for name, tc := range map[string]struct{ body, want string }{
		"known":             {`{"extra":{"name":"x"}}`, ""},
		"new field":         {`{"extra":{"name":"x","since":{"v":[2]}},"new":null}`, ""},
		"other letter case": {`{"extra":{"name":"x","Name":"y"}}`, `/extra/Name is not known here: want "name"`},
		"duplicate":         {`{"extra":{"name":"y","name":"x"}}`, "/extra/name stands twice: give it once"},
		"duplicate unknown": {`{"extra":{"name":"x"},"new":1,"new":1}`, "/new stands twice: give it once"},
		"duplicate inside":  {`{"extra":{"name":"x"},"new":{"a":1,"a":1}}`, "/new/a stands twice: give it once"},
		"half a character":  {`{"extra":{"name":"x"},"new":"\ud83d"}`, "/new holds half of a surrogate pair, which is no character"},
		"wrong kind":        {`{"extra":{"name":1}}`, "/extra/name is 1: want a string"},
		"null":              {`{"text":null}`, "/text is null: want a string, or nothing at all"},
		"trailing":          {`{} {}`, "is not one JSON value: invalid character '{' after top-level value, at byte 4"},
		"deep":              {`{"new":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `}`, "/new" + strings.Repeat("/0", maxDepth-1) + " is nested deeper than 32"},
	} {
		var got note
		err := DecodeNotification(post(tc.body), 1<<10, &got)
		if tc.want == "" && err == nil && got.Extra.Name == "x" {
			continue
		}
		e, ok := errors.AsType[*order.Error](err)
		if !ok || e.Code != order.CodeInvalid || e.Op != "wire.DecodeNotification" || len(e.Problems) != 1 || e.Problems[0].String() != tc.want {
			t.Errorf("%s: got %+v, %v, want %q", name, got.Extra, err, tc.want)
		}
	}
	if err := DecodeNotification(post(`{"new":1}`), 8, new(note)); !errors.Is(err, order.CodeTooLarge) {
		t.Errorf("above the limit: %v", err)
	}
	r := post(`{}`)
	r.Header.Set("Content-Type", "text/plain")
	if err := DecodeNotification(r, 8, new(note)); !errors.Is(err, order.CodeInvalid) {
		t.Errorf("plain text: %v", err)
	}
}

func answered(status int, media, body string) *http.Response {
	h := http.Header{"Content-Type": {media}}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func TestDecodeResponse(t *testing.T) {
	for name, tc := range map[string]struct {
		resp *http.Response
		want order.Code
	}{
		"known":           {answered(200, "application/json", `{"name":"x"}`), ""},
		"newer server":    {answered(201, "application/json", `{"name":"x","more":[{}]}`), ""},
		"other case":      {answered(200, "application/json", `{"name":"x","NAME":"y"}`), order.CodeInternal},
		"duplicate":       {answered(200, "application/json", `{"name":"y","name":"x"}`), order.CodeInternal},
		"wrong kind":      {answered(200, "application/json", `{"name":1}`), order.CodeInternal},
		"a page":          {answered(200, "text/html", `<html>`), order.CodeInternal},
		"too long":        {answered(200, "application/json", `{"name":"`+strings.Repeat("x", 100)+`"}`), order.CodeInternal},
		"a problem":       {answered(404, problemMedia, `{"code":"not_found"}`), order.CodeNotFound},
		"a problem's 200": {answered(200, problemMedia, `{"code":"not_found"}`), order.CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			var got line
			err := DecodeResponse(tc.resp, 50, &got)
			if order.CodeOf(err) != tc.want {
				t.Fatalf("got %v, want code %q", err, tc.want)
			}
			if err == nil && got.Name != "x" {
				t.Errorf("got %+v", got)
			}
		})
	}
	broken := answered(200, "application/json", "")
	broken.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF))
	if err := DecodeResponse(broken, 50, new(line)); !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("broken off: %v", err)
	}
	if err := DecodeResponse(answered(204, "", ""), 0, nil); err != nil {
		t.Errorf("only the status: %v", err)
	}
}

func TestEncode(t *testing.T) {
	w := httptest.NewRecorder()
	if err := Encode(w, 201, line{"<x>"}); err != nil {
		t.Fatal(err)
	}
	want := http.Header{
		"Content-Type": {"application/json"}, "Content-Length": {"14"},
		"Cache-Control": {"no-store"}, "X-Content-Type-Options": {"nosniff"},
	}
	if diff := cmp.Diff(want, w.Result().Header); diff != "" || w.Code != 201 {
		t.Error(w.Code, diff)
	}
	var back line
	if err := decode(w.Body.Bytes(), &back, requestRules); err != nil || back.Name != "<x>" {
		t.Error(back, err)
	}
	w = httptest.NewRecorder()
	if err := Encode(w, 200, math.NaN()); !errors.Is(err, order.CodeInternal) {
		t.Errorf("what cannot be rendered: %v", err)
	}
	if w.Body.Len() > 0 || len(w.Header()) > 0 {
		t.Error("something was sent before it was rendered")
	}
}

func BenchmarkDecode(b *testing.B) {
	lines := bytes.Repeat([]byte(`{"item":"tea","name":"Green tea","quantity":2,"price":{"amount":1230,"currency":"CNY"}},`), 20)
	body := append(append([]byte(`{"order":{"id":"0","merchant":"m","total":{"amount":49200,"currency":"CNY"},"lines":[`), bytes.TrimSuffix(lines, []byte(","))...),
		`],"created":"2026-01-02T15:04:05Z","expires":"2026-01-02T15:19:05Z"},"state":"open","version":1,"changed":"2026-01-02T15:04:05Z"}`...)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if err := decode(body, new(order.Status), requestRules); err != nil {
			b.Fatal(err)
		}
	}
}
