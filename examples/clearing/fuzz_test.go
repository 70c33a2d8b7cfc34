package main

import (
	"io"
	"os"
	"strings"
	"testing"
)

// Whatever stands in the file, it is read or refused with problems; one that is
// taken names a variable for every purpose, each another.
func FuzzConfig(f *testing.F) {
	raw, err := os.ReadFile("clearing.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(raw))
	f.Add(`{"keys": {"tokens_env": {"": ""}}, "wallet": null, "directory": null}`)
	f.Add(`{"components": [{}], "directory": 5}`)
	f.Fuzz(func(t *testing.T, text string) {
		var c config
		if parseConfig(io.NopCloser(strings.NewReader(text)), &c) != nil || c.check("clearing.json") != nil {
			return
		}
		seen := map[string]bool{c.Keys.Messages: true, c.Keys.Codes: true}
		for _, names := range []map[string]string{c.Keys.Tokens, c.Keys.Webhooks} {
			for _, name := range names {
				seen[name] = true
			}
		}
		if seen[""] || len(c.Keys.Tokens) == 0 || len(seen) != 2+len(c.Keys.Tokens)+len(c.Keys.Webhooks) {
			t.Errorf("taken with the keys %+v", c.Keys)
		}
	})
}
