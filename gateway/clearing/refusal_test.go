package clearing_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
)

// logged counts the entries of the log of codes, by acquirer and what they say.
func (w *world) logged() map[string]int {
	w.Helper()
	n := map[string]int{}
	all, _ := w.log()
	for _, e := range all {
		n[e.Acquirer+" "+e.What]++
	}
	return n
}

// Of one acquirer's hour 100 refusals are logged and no more, however many
// servers and requests there are. What is issued and revoked is logged beyond
// that, and another acquirer does not suffer.
func TestLoggedRefusalsAreBounded(t *testing.T) {
	w := newIssuer(t, codesKey())
	servers := []*clearing.Server{w.server, newServer(t, w.store, w.keys, w.setup, clearing.Options{})}
	evil := w.printed("k")
	evil.Address = "https://evil.example/"
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			desk, err := servers[i%2].For("north")
			for n := 0; n < 125 && err == nil; n++ {
				if _, e := desk.Issue(context.Background(), evil); order.CodeOf(e) != order.CodeRefused {
					t.Errorf("request %d: %v", n, e)
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := w.logged()["north refused"]; n != 100 {
		t.Errorf("1000 refused requests left %d entries, want 100", n)
	}
	c, err := w.desk("north").Issue(t.Context(), w.printed("k")) // a refusal did not use the key up
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk("north").Revoke(t.Context(), c.ID); err != nil {
		t.Error(err)
	}
	if _, err := w.desk("south").Issue(t.Context(), evil); order.CodeOf(err) != order.CodeRefused {
		t.Error(err)
	}
	w.wait(time.Hour)
	evil.Key = "later"
	if _, err := w.desk("north").Issue(t.Context(), evil); order.CodeOf(err) != order.CodeRefused {
		t.Error(err)
	}
	for what, want := range map[string]int{"north issued": 1, "north revoked": 1, "south refused": 1, "north refused": 101} {
		if n := w.logged()[what]; n != want {
			t.Errorf("%s: %d entries, want %d", what, n, want)
		}
	}
}

// What is logged of a refusal is short, whatever was asked for, and still text.
func TestLoggedRefusalsAreShort(t *testing.T) {
	w := newIssuer(t, codesKey())
	evil := w.printed("k")
	evil.Address = "https://evil.example/" + strings.Repeat("茶", 600)
	evil.Merchant = strings.Repeat("m", 128)
	if _, err := w.desk("north").Issue(t.Context(), evil); order.CodeOf(err) != order.CodeRefused {
		t.Fatal(err)
	}
	entries, messages := w.log()
	var r order.IssueRequest
	if err := json.Unmarshal([]byte(messages[0]), &r); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{r.Address, entries[0].Why} {
		if len(text) > 256 || len(text) < 250 || !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError) || !strings.HasSuffix(text, "…") {
			t.Errorf("logged were %d bytes: %q", len(text), text)
		}
	}
}
