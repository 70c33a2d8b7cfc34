package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/audit"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

func auditProgram(t *testing.T, args ...string) (status int, out, stderr string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, nil, &o, &e)
	return status, o.String(), e.String()
}

// refusing is a clearing institution that takes no order.
type refusing struct{ order.Clearing }

func (refusing) Place(context.Context, order.Order) (order.Placement, error) {
	return order.Placement{}, order.Errorf(order.CodeRefused, "refusing.Place", "no")
}

// confirm makes an order at an acquirer, whose database it leaves open.
func confirm(t *testing.T, db string) *store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	price := order.Money{Amount: 2500, Currency: "CNY"}
	server, err := acquirer.New(t.Context(), s, refusing{}, acquirer.Merchants{{ID: "cafe", Name: "Café", Currency: "CNY", Direct: &acquirer.Direct{Amount: price}}},
		"https://acquirer.example", nil)
	if err != nil {
		t.Fatal(err)
	}
	page, err := server.Page(t.Context(), server.CodeAddress("cafe"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = server.Confirm(t.Context(), server.CodeAddress("cafe"), order.Confirmation{Merchant: "cafe", Revision: page.Revision, Total: page.Total, Key: "k1"})
	if order.CodeOf(err) != order.CodeRefused {
		t.Fatal(err)
	}
	return s
}

// sign lets the program run until there is a root.
func sign(t *testing.T, s *store.Store, args ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan int)
	var out, stderr bytes.Buffer
	go func() { ended <- run(ctx, args, nil, &out, &stderr) }()
	for running := true; running; {
		roots, err := audit.Roots(t.Context(), s, acquirer.AuditLog(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(roots) > 0 {
			stop()
		}
		select {
		case status := <-ended:
			if running = false; status != 0 || len(roots) == 0 {
				t.Fatalf("status %d: %s", status, &stderr)
			}
		default:
		}
	}
}

func exec(t *testing.T, s *store.Store, statements ...string) {
	t.Helper()
	err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) (err error) {
		for _, statement := range statements {
			_, one := tx.ExecContext(ctx, statement)
			err = errors.Join(err, one)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A day is signed and checked, and its root kept; then a changed entry is found in
// the house, and a history without its roots by what was kept.
func TestSignAndCheck(t *testing.T) {
	t.Chdir(t.TempDir())
	s := confirm(t, "acquirer.db")
	log := []string{"-log", "acquirer", "-db", "acquirer.db"}
	sign(t, s, append(log, "-keys", "notary.json")...)

	status, jwks, stderr := auditProgram(t, "-keys", "notary.json", "-publish")
	if err := os.WriteFile("notary.jwks", []byte(jwks), 0o600); err != nil || status != 0 {
		t.Fatal(status, stderr, err)
	}
	check := append(log, "-trust", "notary.jwks", "-kept", "roots.txt")
	for range 2 { // the second time against what was kept the first time
		status, out, stderr := auditProgram(t, check...)
		if status != 0 || !strings.HasPrefix(out, "orders    1, of which 0 changed since the latest root\nentries   2, of which 0 from") {
			t.Fatalf("status %d:\n%s%s", status, out, stderr)
		}
		if kept, err := os.ReadFile("roots.txt"); err != nil || strings.Count(string(kept), "\n") != 1 {
			t.Fatalf("kept: %q, %v", kept, err)
		}
	}

	exec(t, s, `UPDATE acquirer_audit SET why = 'paid' WHERE seq = 2`)
	status, out, stderr := auditProgram(t, check...)
	if status != 1 || !strings.Contains(out, "entry 2, changed: ") || stderr != "audit: 1 findings in the log acquirer\n" {
		t.Errorf("a changed entry: status %d:\n%s%s", status, out, stderr)
	}
	exec(t, s, `DELETE FROM acquirer_audit`, `DELETE FROM acquirer_orders`, `DELETE FROM acquirer_audit_heads`, `DELETE FROM acquirer_audit_roots`)
	if status, out, stderr := auditProgram(t, append(log, "-trust", "notary.jwks")...); status != 0 {
		t.Errorf("nothing tells that there ever was anything: status %d:\n%s%s", status, out, stderr)
	}
	status, out, _ = auditProgram(t, check...)
	if status != 1 || !strings.Contains(out, "root 1, removed: ") {
		t.Errorf("everything is gone but what was kept: status %d:\n%s", status, out)
	}
}

// Whatever is missing or wrong is told by name, and no database is made.
func TestWhatIsMissingIsNamed(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv(keyName, "")
	if status, jwks, stderr := auditProgram(t, "-keys", "own.json", "-publish"); status != 0 || os.WriteFile("own.jwks", []byte(jwks), 0o600) != nil {
		t.Fatal(stderr)
	}
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"-log gateway -db a.db", 2, `-log "gateway": want acquirer or clearing`},
		{"-log acquirer", 2, "-db"},
		{"-log acquirer -db a.db -kept roots.txt", 2, "give -trust too"},
		{"-publish -trust own.jwks", 2, "give one of them"},
		{"-log acquirer -db a.db", 1, keyName},
		{"-log acquirer -db a.db -trust none.jwks", 1, "none.jwks"},
		{"-log acquirer -db a.db -trust own.jwks", 1, "a.db"},
	} {
		status, _, stderr := auditProgram(t, strings.Fields(c.args)...)
		if status != c.status || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: status %d, want %d, and %q in:\n%s", c.args, status, c.status, c.says, stderr)
		}
	}
	if files, err := filepath.Glob("a.db*"); len(files) > 0 || err != nil {
		t.Error(files, err)
	}
}
