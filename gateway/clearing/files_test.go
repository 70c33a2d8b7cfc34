package clearing_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/reconcile"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/wire"
)

// An office is a clearing institution whose days end.
type office struct {
	testing.TB
	store *store.Store
	key   ed25519.PrivateKey
	setup gatewaytest.Setup
	blue  *gatewaytest.Wallet
	cut   reconcile.Calendar
	mu    sync.Mutex
	now   time.Time

	latest order.ID // that was placed
}

func newOffice(t testing.TB, s *store.Store) *office {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &office{TB: t, store: s, key: key, blue: gatewaytest.NewWallet("blue"), now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	registry, err := component.NewRegistry(w.blue, gatewaytest.NewWallet("red"))
	if err != nil {
		t.Fatal(err)
	}
	w.setup = gatewaytest.Setup{Components: registry, Now: w.clock}
	for _, name := range []string{"north", "south", "west"} {
		w.setup.Acquirers = append(w.setup.Acquirers, gatewaytest.Acquirer{Name: name,
			Merchants: []gatewaytest.Merchant{{ID: "tea", Name: "Tea House"}}, Notifier: deaf{}})
	}
	return w
}

// deaf acknowledges and forgets.
type deaf struct{}

func (deaf) Notify(context.Context, order.Status) error { return nil }

func (w *office) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// server has a fee of 1 % and 2 fen, and calls the rest of the world Town.
func (w *office) server() *clearing.Server {
	w.Helper()
	k := keys(1)
	k.Files = w.key
	rate := reconcile.Rate{BasisPoints: 100, Fixed: 2}
	return newServer(w, w.store, k, w.setup, clearing.Options{Files: clearing.FileOptions{Institution: "Town", Calendar: w.cut,
		Fee: func(_ string, e reconcile.Entry) (int64, error) { return rate.Fee(e) }}})
}

// until moves the clock and does what is due.
func (w *office) until(now time.Time) {
	w.Helper()
	w.mu.Lock()
	w.now = now
	w.mu.Unlock()
	run := func(ctx context.Context) error { return w.server().Run(ctx) }
	if err := gatewaytest.Drain(w.store, w.clock, run)(context.Background()); err != nil {
		w.Fatal(err)
	}
}

// attempt begins to pay a new order of the acquirer, with what the provider says.
func (w *office) attempt(s *clearing.Server, acquirer string, amount int64, say component.Outcome) gateway.Attempt {
	w.Helper()
	desk, err := s.For(acquirer)
	if err != nil {
		w.Fatal(err)
	}
	now := w.clock()
	w.latest = order.NewID(now)
	p, err := desk.Place(context.Background(), order.Order{ID: w.latest, Merchant: "tea",
		Total: order.Money{Amount: amount, Currency: "CNY"}, Created: now, Expires: now.Add(time.Hour)})
	if err != nil {
		w.Fatal(err)
	}
	a, err := s.Begin(context.Background(), p.Address, beginning("k"))
	if err != nil {
		w.Fatal(err)
	}
	w.blue.Decide(a.ID, say)
	if say == component.OutcomePending {
		return a
	}
	if _, err := s.Receive(context.Background(), "blue", w.blue.Notice(w.blue.Evidence(a.ID))); err != nil {
		w.Fatal(err)
	}
	return a
}

// file is what a day's file says, and nothing where there is none.
func (w *office) file(acquirer string, date reconcile.Date, f reconcile.Format) (h reconcile.Header, text []string) {
	w.Helper()
	var raw bytes.Buffer
	err := w.server().File(context.Background(), acquirer, date, f, &raw)
	if order.CodeOf(err) == order.CodeNotFound && raw.Len() == 0 {
		return h, nil
	}
	if err != nil {
		w.Fatal(err)
	}
	trusted, err := wire.NewKeys(w.key.Public())
	if err != nil {
		w.Fatal(err)
	}
	r, err := reconcile.NewReader(&raw, trusted, &reconcile.ReaderOptions{Acquirer: acquirer})
	if err != nil {
		w.Fatal(err)
	}
	text = []string{fmt.Sprint("file ", r.Header().Sequence)}
	for e, err := range r.Entries(context.Background()) {
		if err != nil {
			w.Fatal(err)
		}
		text = append(text, fmt.Sprint(e.Attempt, " ", e.Gross, " ", e.Fee, " ", e.Reference))
	}
	return r.Header(), text
}

func onBothStores(t *testing.T, test func(*testing.T, *store.Store)) {
	t.Run("sqlite", func(t *testing.T) { test(t, openStore(t, tempFile(t))) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.Start(t).Store(t)) })
}

// Each payment stands in one file, of its acquirer and of the day when it was
// decided; a file is made once, an hour after its day, and days without payments have
// one too.
func TestFilesOfDays(t *testing.T) { onBothStores(t, filesOfDays) }

func filesOfDays(t *testing.T, st *store.Store) {
	w := newOffice(t, st)
	s := w.server()
	north := []string{"file 1"}
	for _, amount := range []int64{500, 1250} {
		a := w.attempt(s, "north", amount, component.OutcomeSucceeded)
		north = append(north, fmt.Sprint(a.ID, " ", amount, " ", amount/100+2+amount%100/50, " blue-", a.ID))
	}
	w.attempt(s, "north", 900, component.OutcomeFailed)
	south := w.attempt(s, "south", 7000, component.OutcomeSucceeded)
	slices.Sort(north[1:]) // of one moment
	midnight := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	w.until(midnight.Add(59 * time.Minute))
	if _, text := w.file("north", "2026-11-23", reconcile.CSV); text != nil {
		t.Fatalf("there is a file before its time: %q", text)
	}
	w.until(midnight.Add(time.Hour))
	for _, f := range []reconcile.Format{reconcile.CSV, reconcile.JSONLines} {
		h, text := w.file("north", "2026-11-23", f)
		want := reconcile.Header{Institution: "Town", Acquirer: "north", Date: "2026-11-23", Zone: "UTC", Sequence: 1,
			Period: reconcile.Period{From: midnight.AddDate(0, 0, -1), Until: midnight}, Made: midnight.Add(time.Hour)}
		if diff := cmp.Diff(north, text) + cmp.Diff(want, h); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f, diff)
		}
	}
	if _, text := w.file("south", "2026-11-23", reconcile.CSV); !slices.Equal(text, []string{"file 1", south.ID + " 7000 72 blue-" + south.ID}) {
		t.Errorf("the file of south: %q", text)
	}
	if _, text := w.file("west", "2026-11-23", reconcile.CSV); text != nil {
		t.Errorf("west, which nobody has paid, has the file %q", text)
	}
	w.days(midnight)
}

// days goes on for two days, of which the second has a payment, while the server
// stands still.
func (w *office) days(midnight time.Time) {
	w.Helper()
	w.mu.Lock()
	w.now = midnight.Add(30 * time.Hour)
	w.mu.Unlock()
	late := w.attempt(w.server(), "north", 100, component.OutcomeSucceeded)
	w.until(midnight.Add(72 * time.Hour))
	for date, want := range map[reconcile.Date][]string{"2026-11-24": {"file 2"}, "2026-11-25": {"file 3", late.ID + " 100 3 blue-" + late.ID}, "2026-11-26": nil} {
		if _, text := w.file("north", date, reconcile.JSONLines); !slices.Equal(text, want) {
			w.Errorf("%s: %q, want %q", date, text, want)
		}
	}
	var before, after bytes.Buffer
	s := w.server()
	for _, to := range []*bytes.Buffer{&before, &after} {
		if err := s.File(context.Background(), "north", "2026-11-23", reconcile.CSV, to); err != nil {
			w.Fatal(err)
		}
		if err := s.MakeFile(context.Background(), "north", "2026-11-25"); err != nil {
			w.Fatal(err)
		}
	}
	if !bytes.Equal(before.Bytes(), after.Bytes()) {
		w.Error("a file was made twice")
	}
}

// Wherever the cut-off is moved to, each file begins where the one before it ended,
// and each payment stands in one: what comes in the last microsecond before a
// cut-off, and what comes with it.
func TestAMovedCutOffLosesNothing(t *testing.T) { onBothStores(t, movedCutOff) }

func movedCutOff(t *testing.T, st *store.Store) {
	w := newOffice(t, st)
	days := []struct {
		cut   reconcile.Calendar
		until string // of the file that is made next
		date  reconcile.Date
	}{
		{reconcile.Calendar{}, "2026-11-24T00:00:00Z", "2026-11-23"},
		{reconcile.Calendar{Zone: time.FixedZone("Etc/GMT-8", 8*3600)}, "2026-11-24T16:00:00Z", "2026-11-24"},
		{reconcile.Calendar{Zone: time.FixedZone("Etc/GMT+8", -8*3600), CutOff: 22 * time.Hour}, "2026-11-26T06:00:00Z", "2026-11-25"},
		{reconcile.Calendar{Zone: time.FixedZone("Etc/GMT-14", 14*3600), CutOff: time.Hour}, "2026-11-26T11:00:00Z", "2026-11-27"},
	}
	var carried []string // what is paid at the cut-off belongs to the next file
	from := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for i, d := range days {
		until, err := time.Parse(time.RFC3339, d.until)
		if err != nil {
			t.Fatal(err)
		}
		w.cut = d.cut
		want := slices.Concat([]string{fmt.Sprint("file ", i+1)}, carried)
		for n, moment := range []time.Time{until.Add(-time.Microsecond), until} {
			w.mu.Lock()
			w.now = moment
			w.mu.Unlock()
			a := w.attempt(w.server(), "north", 100, component.OutcomeSucceeded)
			line := fmt.Sprint(a.ID, " 100 3 blue-", a.ID)
			if n == 0 {
				want = append(want, line)
			} else {
				carried = []string{line}
			}
		}
		w.until(until.Add(time.Hour))
		h, text := w.file("north", d.date, reconcile.CSV)
		if diff := cmp.Diff(want, text) + cmp.Diff(reconcile.Period{From: from, Until: until}, h.Period); diff != "" {
			t.Errorf("%s (-want +got):\n%s", d.date, diff)
		}
		from = until
	}
}

// Of two servers that make a file at once the last one finishes it, whole, and the
// first one adds nothing to it.
func TestAFileIsMadeByOne(t *testing.T) { onBothStores(t, aFileIsMadeByOne) }

func aFileIsMadeByOne(t *testing.T, st *store.Store) {
	w := newOffice(t, st)
	a := w.attempt(w.server(), "north", 500, component.OutcomeSucceeded)
	w.mu.Lock()
	w.now = w.now.AddDate(0, 0, 1)
	w.mu.Unlock()
	if part, end := w.server().Overtaken(t.Context(), "north", "2026-11-23"); part == nil || end == nil {
		t.Errorf("the first goes on: %v, %v", part, end)
	}
	if _, text := w.file("north", "2026-11-23", reconcile.CSV); !slices.Equal(text, []string{"file 1", a.ID + " 500 7 blue-" + a.ID}) {
		t.Errorf("the file: %q", text)
	}
	if err := w.server().MakeFile(t.Context(), "north", "2026-11-25"); err == nil {
		t.Error("a day was left out")
	}
}

func TestFilesAreTheAcquirersOwn(t *testing.T) {
	w := newOffice(t, openStore(t, tempFile(t)))
	s := w.server()
	for want, err := range map[order.Code]error{
		order.CodeUnauthenticated: s.File(t.Context(), "nobody", "2026-11-23", reconcile.CSV, &bytes.Buffer{}),
		order.CodeNotFound:        s.File(t.Context(), "north", "2026-11-23", reconcile.CSV, &bytes.Buffer{}),
		order.CodeInvalid:         s.File(t.Context(), "north", "2026-11-23", "xml", &bytes.Buffer{}),
	} {
		if order.CodeOf(err) != want {
			t.Errorf("%v: want %s", err, want)
		}
	}
}

// What a provider says of a day is matched with its component's attempts: an outcome
// that is not known is a break, and so is each difference.
func TestStatementsAreMatched(t *testing.T) { onBothStores(t, statementsAreMatched) }

func statementsAreMatched(t *testing.T, st *store.Store) {
	w := newOffice(t, st)
	s := w.server()
	var statement []reconcile.Entry
	said := func(a gateway.Attempt, gross int64) {
		e := w.blue.Evidence(a.ID)
		statement = append(statement, reconcile.Entry{Kind: reconcile.Payment, Attempt: a.ID, Reference: e.Reference,
			State: reconcile.StatePaid, Booked: e.At, Moved: e.At, Currency: "CNY", Gross: gross})
	}
	w.mu.Lock()
	w.now = w.now.Add(time.Minute) // when the wallet decides
	w.mu.Unlock()
	paid, other := w.attempt(s, "north", 500, component.OutcomeSucceeded), w.attempt(s, "south", 600, component.OutcomeSucceeded)
	silent, unknown := w.attempt(s, "north", 700, component.OutcomeSucceeded), w.attempt(s, "north", 800, component.OutcomePending)
	said(paid, 500)
	said(other, 601)
	said(unknown, 800)
	said(gateway.Attempt{ID: "nobody's"}, 900)
	back, less, kept := w.excess(s), w.excess(s), w.excess(s)
	w.until(w.clock())
	gave := func(refund, attempt string, gross int64) {
		at := w.blue.Evidence(attempt).At
		statement = append(statement, reconcile.Entry{Kind: reconcile.Refund, Attempt: attempt, Refund: refund, Reference: "blue-" + refund,
			State: reconcile.StateRefunded, Booked: at, Moved: at, Currency: "CNY", Gross: gross})
	}
	for _, a := range []gateway.Attempt{back, less, kept} {
		said(a, 300)
	}
	gave(refundOf(back), back.ID, -300)
	gave(refundOf(less), less.ID, -299)
	gave("nobody's back", back.ID, -300)
	day, err := reconcile.Calendar{}.Day("2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.MatchStatement(t.Context(), "blue", day, func(yield func(reconcile.Entry, error) bool) {
		for _, e := range statement {
			if !yield(e, nil) {
				return
			}
		}
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range report.Breaks {
		got = append(got, fmt.Sprint(b.Kind, " ", b.Key))
	}
	slices.Sort(got)
	want := []string{"amount " + other.ID, "amount " + refundOf(less), "missing_here nobody's", "missing_here nobody's back",
		"missing_there " + silent.ID, "missing_there " + refundOf(kept), "state " + unknown.ID}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" || report.Matched != 5 || report.Here != 9 {
		t.Errorf("%d of %d agree; (-want +got):\n%s", report.Matched, report.Here, diff)
	}
	if _, err := s.MatchStatement(t.Context(), "green", day, nil, nil); order.CodeOf(err) != order.CodeNotFound {
		t.Errorf("a component that is not there: %v", err)
	}
}

// excess begins to pay an order that does not take the money: the provider has said
// that there is none.
func (w *office) excess(s *clearing.Server) gateway.Attempt {
	w.Helper()
	a := w.attempt(s, "north", 300, component.OutcomePending)
	for _, outcome := range []component.Outcome{component.OutcomeFailed, component.OutcomeSucceeded} {
		w.blue.Decide(a.ID, component.OutcomeSucceeded)
		e := w.blue.Evidence(a.ID)
		e.Outcome = outcome
		if _, err := s.Receive(context.Background(), "blue", w.blue.Notice(e)); err != nil {
			w.Fatal(err)
		}
	}
	return a
}

// refundOf is the first refund of the attempt's order.
func refundOf(a gateway.Attempt) string { return a.ID[:26] + "r01" }

// Orders that were paid before files were made are booked too.
func TestEarlierPaymentsAreBooked(t *testing.T) {
	onBothStores(t, func(t *testing.T, st *store.Store) {
		earlier := fstest.MapFS{}
		all := os.DirFS("migrations")
		names, err := fs.Glob(all, "*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			raw, err := fs.ReadFile(all, name)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(name, "_files") && name < "0006" {
				earlier[name] = &fstest.MapFile{Data: raw}
			}
		}
		if err := st.Migrate(t.Context(), "clearing", earlier); err != nil {
			t.Fatal(err)
		}
		key := string(order.NewID(time.Now()))
		var acquirer, id string
		var booked, number int64
		do := func(fn func(ctx context.Context, tx *sql.Tx) error) {
			t.Helper()
			if err := st.Do(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		do(func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO clearing_orders (order_key, acquirer, message, state, version, changed, secret, attempts, paid_by)
				VALUES ($1, 'north', '{}', 'paid', 2, 1234, 1, 43, 42)`, key)
			return err
		})
		if err := st.Migrate(t.Context(), "clearing", all); err != nil {
			t.Fatal(err)
		}
		do(func(ctx context.Context, tx *sql.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT acquirer, booked, id, number FROM clearing_bookings WHERE order_key = $1`, key).
				Scan(&acquirer, &booked, &id, &number)
		})
		if acquirer != "north" || booked != 1234 || id != key+"1a" || number != 42 {
			t.Errorf("booked as %s %d %s %d", acquirer, booked, id, number)
		}
	})
}
