package sandbox

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/order"
)

// A provider that opens the ledger of another goes on where that one stopped:
// payments, pages, charges, burned numbers, and notifications that are owed.
func TestLedgerSurvives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &ProviderOptions{Ledger: filepath.Join(t.TempDir(), "ledger")}
		l := newQuietLab(t, o)
		told := l.decided(wallet.Decline)
		l.run()
		<-l.gateway.arrived
		synctest.Wait()
		l.gateway.answer(http.StatusServiceUnavailable)
		open, action := l.begin(l.attempt())
		paid, slow, hidden := l.decided(wallet.Approve), l.decided(wallet.Slow), l.decided(wallet.Unknown)
		burned := l.attempt()
		attempts := []component.Attempt{told, open, paid, slow, burned}
		var before []component.Evidence
		for _, a := range attempts {
			before = append(before, l.query(a))
		}
		charges := l.provider.Charges()
		<-l.gateway.arrived // paid, refused
		if err := l.provider.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := l.component.Query(t.Context(), paid); !errors.Is(err, order.CodeUnavailable) {
			t.Errorf("a closed provider answered: %v", err)
		}

		l.provider = l.company(o)
		var after []component.Evidence
		for _, a := range attempts {
			after = append(after, l.query(a))
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("queries (-before +after):\n%s", diff)
		}
		if diff := cmp.Diff(charges, l.provider.Charges()); diff != "" || len(charges) != 3 {
			t.Errorf("charges (-before +after):\n%s", diff)
		}
		if again, act := l.begin(open); again.Reference != open.Reference || pageOf(act) != pageOf(action) {
			t.Error("the payment or its page changed")
		}
		if _, err := l.component.Query(t.Context(), hidden); !errors.Is(err, order.CodeUnavailable) {
			t.Errorf("what nobody can tell: %v", err)
		}
		l.gateway.answer(http.StatusOK)
		l.run()
		time.Sleep(time.Hour)
		if n := len(l.gateway.arrived); n != 2 { // paid and slow; told was acknowledged
			t.Errorf("%d notifications came, want the 2 that are owed", n)
		}
	})
}

// ledgerOf is the file after a payment was made and approved.
func ledgerOf(t testing.TB, l *lab, path string) []byte {
	t.Helper()
	l.decided(wallet.Approve)
	if err := l.provider.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A crash may cut the last line anywhere. What was acknowledged before is
// there, and more can be written.
func TestLedgerCut(t *testing.T) {
	o := &ProviderOptions{Ledger: filepath.Join(t.TempDir(), "ledger")}
	l := newQuietLab(t, o)
	whole := ledgerOf(t, l, o.Ledger)
	for cut := 0; cut <= len(whole); cut += 7 {
		if err := os.WriteFile(o.Ledger, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		lines := strings.Count(string(whole[:cut]), "\n")
		l.provider = l.company(o)
		if n := len(l.provider.ledger.payments); n != min(lines, 1) {
			t.Fatalf("cut after %d bytes: %d payments of %d lines", cut, n, lines)
		}
		if n := len(l.provider.Charges()); n != lines/2 {
			t.Fatalf("cut after %d bytes: %d charges of %d lines", cut, n, lines)
		}
		l.decided(wallet.Approve)
		if err := l.provider.Close(); err != nil {
			t.Fatal(err)
		}
		l.provider = l.company(o)
		if n := len(l.provider.Charges()); n != lines/2+1 {
			t.Fatalf("cut after %d bytes: %d charges after one more", cut, n)
		}
		l.provider.Close()
	}
}

// A ledger that is not what a provider wrote is refused, with the line.
func TestLedgerRefused(t *testing.T) {
	o := &ProviderOptions{Ledger: filepath.Join(t.TempDir(), "ledger")}
	l := newQuietLab(t, o)
	lines := strings.SplitAfter(string(ledgerOf(t, l, o.Ledger)), "\n")
	created, decided := lines[0], lines[1]
	for name, c := range map[string]struct{ text, says string }{
		"garbage":           {created + "garbage\n" + decided, "line 2"},
		"created twice":     {created + created, "line 2"},
		"decided twice":     {created + decided + decided, "line 3: the payment"},
		"decided first":     {decided, "line 1"},
		"another decision":  {created + strings.Replace(decided, "approve", "steal", 1), "line 2"},
		"another merchant":  {created + strings.Replace(decided, "shop", "stall", 1), "line 2"},
		"unknown merchant":  {strings.Replace(created, "shop", "kiosk", 1), `line 1: merchant "kiosk"`},
		"unknown entry":     {created + strings.Replace(decided, `"decided"`, `"undone"`, 1), "line 2"},
		"a line too long":   {created + strings.Repeat(" ", maxLine) + "\n", "line 2"},
		"no terms":          {strings.Replace(created, `"terms"`, `"Terms2"`, 1), "line 1"},
		"a negative amount": {strings.Replace(created, `"amount":1230`, `"amount":-1`, 1), "line 1"},
	} {
		if err := os.WriteFile(o.Ledger, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := NewProvider(l.base, map[string][]byte{"shop": []byte(testSecret), "stall": []byte(testSecret)}, o)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v; want …%s…", name, p, err, c.says)
		}
	}
}

// A provider whose ledger cannot be written takes no decision, and answers
// nobody: it cannot know what is on disk.
func TestLedgerBroken(t *testing.T) {
	o := &ProviderOptions{Ledger: filepath.Join(t.TempDir(), "ledger")}
	l := newQuietLab(t, o)
	a, action := l.begin(l.attempt())
	l.provider.ledger.journal.file.Close()
	if _, err := l.press(action, wallet.Approve); !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("a decision that cannot be written: %v", err)
	}
	if e, err := l.component.Query(t.Context(), a); !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("query after it: %+v, %v", e, err)
	}
	if page := l.browse(http.MethodGet, pageOf(action), ""); page.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("page after it: %s", page.Status)
	}
	if n := l.charges(a.ID); n != 0 {
		t.Errorf("charged %d times", n)
	}
}

// A file that is no ledger is refused and keeps what it holds.
func TestForeignFileIsNotALedger(t *testing.T) {
	for _, content := range []string{"token-without-newline", "a\nb", "{}\n"} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := NewProvider("https://wallet.test", map[string][]byte{"shop": make([]byte, 16)}, &ProviderOptions{Ledger: path})
		kept, _ := os.ReadFile(path)
		if err == nil || string(kept) != content {
			t.Errorf("%q: %v, and the file holds %q", content, err, kept)
		}
	}
}

// FuzzLedger opens any file as a ledger: it is refused, or every number in it
// was charged at most once.
func FuzzLedger(f *testing.F) {
	const created = `{"kind":"created","at":"2026-01-02T03:04:05Z","merchant":"shop","number":"a1","terms":{"number":"a1","amount":1230,` +
		`"currency":"CNY","merchant_name":"Shop","return":"https://g.test/r","notify":"https://g.test/n","expires":"2026-01-02T04:04:05Z"},"reference":"r1","token":"T1"}` + "\n"
	const decided = `{"kind":"decided","at":"2026-01-02T03:05:05Z","merchant":"shop","number":"a1","decision":"approve","due":"2026-01-02T03:05:05Z"}` + "\n"
	f.Add([]byte(created + decided))
	f.Add([]byte(created + `{"kind":"notified","at":"2026-01-02T03:05:05Z","merchant":"shop","number":"a1"}` + "\n"))
	f.Add([]byte(`{"kind":"burned","at":"2026-01-02T03:05:05Z","merchant":"shop","number":"a2"}` + "\n" + created + decided + decided))
	f.Add([]byte("\n"))
	path := filepath.Join(f.TempDir(), "ledger")
	f.Fuzz(func(t *testing.T, data []byte) {
		ledger := newLedger()
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		journal, err := openJournal(path, ledger.apply)
		if err != nil {
			return
		}
		defer journal.close()
		seen := map[string]bool{}
		for _, c := range ledger.charges {
			if seen[c.Number] || c.Amount.Validate() != nil {
				t.Errorf("charge %+v", c)
			}
			seen[c.Number] = true
		}
	})
}
