package audit_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/audit"
	"github.com/anyscan/anyscan/order/store"
)

// parse is the root of a statement that the lab's key signed.
func (l *lab) parse(statement string) audit.Root {
	l.Helper()
	r, err := audit.ParseRoot(statement, l.key.Public())
	if err != nil {
		l.Fatal(err)
	}
	return r
}

// fill stores so many orders of the acquirer's, each with one entry.
func (l *lab) fill(n int) {
	l.Helper()
	at := l.clock()
	err := l.store.Do(l.Context(), func(ctx context.Context, tx *sql.Tx) error {
		for range n {
			id := order.NewID(at)
			hash := l.log.Entry(audit.First(0), string(id), 1, fmt.Sprint(at.UnixMicro()), "terminal", "order", "", "placing", "0", "confirmed")
			_, err := tx.ExecContext(ctx, `INSERT INTO acquirer_orders (order_id, message, state, version, changed, address, payment, seq, audit_head, audit_root)
				VALUES ($1, '{}', 'placing', 0, 0, '', '', 1, $2, 0)`, string(id), hash)
			if err == nil {
				_, err = tx.ExecContext(ctx, `INSERT INTO acquirer_audit (order_id, seq, at, actor, what, from_state, to_state, version, why, hash)
					VALUES ($1, 1, $2, 'terminal', 'order', '', 'placing', 0, 'confirmed', $3)`, string(id), at.UnixMicro(), hash)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		l.Fatal(err)
	}
}

// A root covers every order that changed since the one before, and no other,
// however many transactions that takes; a day in which nothing changed has one too.
func TestRootsCoverWhatChanged(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		l := newAcquirerLab(t, s)
		const many = 2*audit.AtOnce + 1
		l.fill(many)
		l.nextDay()
		l.nextDay()
		l.act(0)
		l.act(1) // the order of act 0 is paid
		l.nextDay()
		l.act(0)
		var got []audit.Root
		for _, statement := range l.roots() {
			got = append(got, l.parse(statement))
		}
		want := []audit.Root{
			{Log: "acquirer", Number: 1, Day: "2026-11-23", Orders: many},
			{Log: "acquirer", Number: 2, Day: "2026-11-24", Orders: 0},
			{Log: "acquirer", Number: 3, Day: "2026-11-25", Orders: 1},
		}
		for i := range got {
			if i > 0 {
				want[i].Previous = audit.Digest(got[i-1].Statement)
			}
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(audit.Root{}, "Made", "Heads", "Statement")); diff != "" {
			t.Errorf("the roots (-want +got):\n%s", diff)
		}
		if r := l.verify(l.roots()...); len(r.Findings) > 0 || r.Orders != many+2 || r.Open != 1 {
			t.Errorf("%+v", r)
		}
	})
}

// onBoth runs a test on both databases.
func onBoth(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Run("sqlite", func(t *testing.T) { test(t, openStore(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.Start(t).Store(t)) })
}

// A log that is longer than what is read at once is compared at the seams too.
func TestLongLogs(t *testing.T) {
	l := newAcquirerLab(t, openStore(t))
	const many = 2*audit.HeadsAtOnce + audit.OrdersAtOnce // whole pages of each
	l.fill(many)
	l.nextDay()
	if r := l.verify(); len(r.Findings) > 0 || r.Orders != many || r.Entries != many {
		t.Fatalf("%+v", r)
	}
	keys := l.rows(`SELECT order_id FROM acquirer_orders ORDER BY order_id`)
	for _, i := range []int{0, audit.OrdersAtOnce - 1, audit.OrdersAtOnce, audit.HeadsAtOnce - 1, audit.HeadsAtOnce, many - 1} {
		key := keys[i][0].(string)
		l.must(`UPDATE acquirer_audit SET at = at + 1 WHERE order_id = $1`, key)
		r := l.verify()
		if len(r.Findings) != 1 || r.Findings[0].Order != key || r.Findings[0].Entry != 1 {
			t.Errorf("order %d of %d: %v", i, many, r.Findings)
		}
		l.must(`UPDATE acquirer_audit SET at = at - 1 WHERE order_id = $1`, key)
	}
	l.must(`UPDATE acquirer_audit SET why = 'asked'`)
	if r := l.verify(); len(r.Findings) != 1000 || len(r.Findings)+int(r.More) != many {
		t.Errorf("%d findings and %d more, want %d in all, 1000 of them listed", len(r.Findings), r.More, many)
	}
}

// Notaries on several servers, and orders that change meanwhile, make one root a
// day, which is good.
func TestNotariesBesideEachOther(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		l := newAcquirerLab(t, s)
		l.fill(3*audit.AtOnce + 1)
		l.now = l.now.Add(24 * time.Hour)
		now := l.now
		var all sync.WaitGroup
		for range 3 {
			n, err := audit.NewNotary(t.Context(), l.store, l.log, l.key, &audit.Options{Now: func() time.Time { return now }})
			if err != nil {
				t.Fatal(err)
			}
			all.Go(func() {
				if _, err := n.Work(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		for n := range 30 {
			l.act(n)
		}
		all.Wait()
		if r := l.verify(); len(r.Findings) > 0 || r.Roots != 1 {
			t.Errorf("%+v", r)
		}
		l.nextDay()
		if r := l.verify(); len(r.Findings) > 0 || r.Roots != 2 || r.Open != 0 {
			t.Errorf("the day after: %+v", r)
		}
	})
}

// A brokenSigner answers otherwise than it should, so many times.
type brokenSigner struct {
	ed25519.PrivateKey
	times  int
	answer func(good []byte) ([]byte, error)
}

func (b *brokenSigner) Sign(random io.Reader, message []byte, o crypto.SignerOpts) ([]byte, error) {
	good, err := b.PrivateKey.Sign(random, message, o)
	if b.times--; b.times < 0 || err != nil {
		return good, err
	}
	return b.answer(good)
}

// A root is made however often the notary ends on its way: between two
// transactions, or because its signer does not answer or answers nonsense.
func TestNotaryGoesOn(t *testing.T) {
	for name, answer := range map[string]func([]byte) ([]byte, error){
		"no answer": func([]byte) ([]byte, error) { return nil, errors.New("the signer is not reached") },
		"nonsense":  func(good []byte) ([]byte, error) { return append([]byte{good[0] + 1}, good[1:]...), nil },
		"nothing":   func([]byte) ([]byte, error) { return nil, nil },
	} {
		t.Run(name, func(t *testing.T) {
			l := newAcquirerLab(t, openStore(t))
			l.fill(2*audit.AtOnce + 1)
			l.now = l.now.Add(24 * time.Hour)
			signer := &brokenSigner{l.key, 1, answer}
			for range 3 { // a batch each, and none is left
				n, err := audit.NewNotary(t.Context(), l.store, l.log, signer, &audit.Options{Now: l.clock})
				if err != nil {
					t.Fatal(err)
				}
				if err := n.Batch(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := problems(l.verify()); !slices.Equal(got, []audit.Problem{audit.Unsigned}) {
					t.Errorf("while a root is being made: %v", got)
				}
			}
			n, err := audit.NewNotary(t.Context(), l.store, l.log, signer, &audit.Options{Now: l.clock})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := n.Work(t.Context()); err == nil {
				t.Error("the signer's failure is not told")
			}
			again, err := n.Work(t.Context())
			if err != nil || !again.Equal(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)) {
				t.Errorf("the next root is due at %v, %v", again, err)
			}
			if r := l.verify(); len(r.Findings) > 0 || r.Roots != 1 || l.parse(l.roots()[0]).Orders != 2*audit.AtOnce+1 {
				t.Errorf("%+v", r)
			}
		})
	}
}

// A notary that runs makes a root soon after each midnight in UTC.
func TestNotaryRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newAcquirerLab(t, openStore(t))
		n, err := audit.NewNotary(t.Context(), l.store, l.log, l.key, nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- n.Run(ctx) }()
		l.act(0)
		time.Sleep(60 * time.Hour) // begins on 2000-01-01, at midnight
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		var days []string
		for _, statement := range l.roots() {
			r := l.parse(statement)
			days = append(days, r.Day+" "+r.Made.Format("2006-01-02 15:04"))
		}
		want := []string{"1999-12-31 2000-01-01 00:00", "2000-01-01 2000-01-02 00:00", "2000-01-02 2000-01-03 00:00"}
		if diff := cmp.Diff(want, days); diff != "" {
			t.Errorf("days and when they were signed (-want +got):\n%s", diff)
		}
	})
}

func TestNewNotaryRefuses(t *testing.T) {
	l := newAcquirerLab(t, openStore(t))
	for name, key := range map[string]crypto.Signer{"none": nil, "empty": ed25519.PrivateKey{}, "too short": l.key[:32], "another kind": rsaKey{}} {
		if _, err := audit.NewNotary(t.Context(), l.store, l.log, key, nil); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := audit.Verify(t.Context(), l.store, l.log, audit.Trust{Keys: []crypto.PublicKey{"key"}}); err == nil {
		t.Error("a key of another kind is trusted")
	}
}

type rsaKey struct{ crypto.Signer }

func (rsaKey) Public() crypto.PublicKey { return "of another kind" }

func TestNotaryDoesNotPrintItsKey(t *testing.T) {
	l := newAcquirerLab(t, openStore(t))
	n := l.notary()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		for _, secret := range []string{fmt.Sprintf("%x", []byte(l.key[:8])), fmt.Sprint([]byte(l.key[:8]))[1:]} {
			if strings.Contains(fmt.Sprintf(verb, n), strings.TrimSuffix(secret, "]")) {
				t.Errorf("%s prints the key", verb)
			}
		}
	}
}

// The migrations leave what was there as entries without chains.
func TestTablesFromBeforeThereWereChains(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		before := map[string]struct {
			files int
			rows  string
		}{
			"acquirer": {2, `INSERT INTO acquirer_orders VALUES ('k', '{}', 'open', 0, 0, '', '', 2);
				INSERT INTO acquirer_audit VALUES ('k', 1, 5, '', 'placing', 0, 'confirmed'), ('k', 2, 6, 'placing', 'open', 0, 'placed')`},
			"clearing": {5, `INSERT INTO clearing_orders VALUES ('k', 'north', '{}', 'open', 1, 0, 1, 0, 0, 0);
				INSERT INTO clearing_audit VALUES ('k', 1, 5, 'acquirer:north', 'order', '', 'open', 'placed')`},
		}
		for _, kind := range kinds() {
			then := before[kind.name]
			l := newLab(t, s, audit.Log{Name: kind.name})
			if err := s.Migrate(t.Context(), kind.name, firstMigrations(t, kind.name, then.files)); err != nil {
				t.Fatal(err)
			}
			for _, statement := range strings.Split(then.rows, ";") {
				l.must(statement)
			}
			l = kind.make(t, s)
			if r := l.verify(); len(r.Findings) > 0 || r.Unchained != r.Entries || r.Entries == 0 || r.Orders != 1 {
				t.Errorf("%s: %+v", kind.name, r)
			}
			l.nextDay()
			if r := l.verify(); len(r.Findings) > 0 || l.parse(l.roots()[0]).Orders != 0 {
				t.Errorf("%s, a day later: %+v", kind.name, r)
			}
		}
	})
}

// firstMigrations are those of a package, as far as a number.
func firstMigrations(t *testing.T, name string, n int) fstest.MapFS {
	t.Helper()
	dir := map[string]string{"acquirer": "../acquirer/migrations", "clearing": "../../gateway/clearing/migrations"}[name]
	some := fstest.MapFS{}
	for i := 1; i <= n; i++ {
		files, err := filepath.Glob(filepath.Join(dir, fmt.Sprintf("%04d_*.sql", i)))
		if err != nil || len(files) == 0 {
			t.Fatalf("no migration %d of %s: %v", i, name, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			some[filepath.Base(file)] = &fstest.MapFile{Data: text}
		}
	}
	return some
}
