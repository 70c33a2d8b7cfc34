package console

import (
	"errors"
	"strings"
	"testing"
)

func TestWhatIsPrintedIsNotObeyed(t *testing.T) {
	for _, json := range []bool{false, true} {
		var out strings.Builder
		p := &Printer{Out: &out, JSON: json}
		p.Step("scan", "a\x1b[2J\r\n\u009b\u202eb 茶", 0, nil)
		p.Step("verify", "", 0, errors.New("\x1b]0;x\a"))
		if got := strings.TrimRight(out.String(), "\n"); strings.ContainsAny(got, "\x1b\r\u009b\u202e\a") || !strings.Contains(got, "茶") || strings.Count(got, "\n") != 1 {
			t.Errorf("json %t: %q", json, got)
		}
	}
}
