package plainjson_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/internal/plainjson"
)

func TestCheck(t *testing.T) {
	for raw, want := range map[string]string{
		`{"a":[1,true,"x",{"b":{}}],"b":[]}`: "",
		`"text"`:                             "",
		`{"a":{"b":1},"c":{"b":2}}`:          "",
		``:                                   "not one JSON value",
		`{} {}`:                              "not one JSON value",
		strings.Repeat("[", 1<<20) + strings.Repeat("]", 1<<20): "not one JSON value",
		"{\"a\":\"\xff\"}":                  "not UTF-8",
		`{"a":"\ud800"}`:                    `half a character in "a"`,
		`{"a":1,"a":2}`:                     `names "a" twice`,
		`{"x":[{"key":1,"KEY":2}]}`:         `names "key" twice`,
		"{\"keys\":1,\"\u212aey\u017f\":2}": `names "keys" twice`,
		`null`:                              "says null for the value",
		`{"a":null}`:                        `says null for "a"`,
		`{"a":[null]}`:                      `says null for "a"`,
	} {
		if err := plainjson.Check([]byte(raw)); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", raw, err, want)
		}
	}
}

// Whatever encoding/json takes for one member stands once.
func TestFoldsAsEncodingJSON(t *testing.T) {
	for r := rune(1); r < 0x3000; r++ {
		name, err := json.Marshal(string(r) + "ey")
		if err != nil {
			t.Fatal(err)
		}
		var v struct {
			Key, Sey int
		}
		if err := json.Unmarshal([]byte(`{`+string(name)+`:1}`), &v); err != nil {
			t.Fatal(err)
		}
		if v.Key+v.Sey == 0 {
			continue
		}
		both := `{"key":1,"sey":1,` + string(name) + `:1}`
		if plainjson.Check([]byte(both)) == nil {
			t.Errorf("%s passes", both)
		}
	}
}
