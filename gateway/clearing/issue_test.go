package clearing_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/verify"
)

func codesKey() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte("a constant: this is a test's key"))
}

// newIssuer is a world whose gateway signs codes for tea.example.
func newIssuer(t testing.TB, signer crypto.Signer) *world {
	t.Helper()
	w := newWorld(t, nil)
	w.setup.Codes = signer
	w.setup.Acquirers[0].Merchants[0].Domains = []string{"tea.example", "tea.localhost"}
	w.setup.Acquirers = append(w.setup.Acquirers, gatewaytest.Acquirer{Name: "south", Notifier: w})
	w.restart()
	return w
}

func (w *world) desk(acquirer string) order.Desk {
	w.Helper()
	d, err := w.server.For(acquirer)
	if err != nil {
		w.Fatal(err)
	}
	return d
}

func (w *world) printed(key string) order.IssueRequest {
	return order.IssueRequest{Kind: order.IssuedStatic, Merchant: "tea", Address: "https://tea.example/m/tea",
		Expires: w.clock().AddDate(1, 0, 0), Key: key}
}

// entry is what the log of codes says, apart from which code it is about.
type entry struct{ Seq, Acquirer, What, Signer, Why string }

func (w *world) log() (all []entry, messages []string) {
	w.Helper()
	err := w.store.View(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT seq, acquirer, what, signer, why, message FROM clearing_code_log ORDER BY code_id, seq`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e entry
			var message string
			if err := rows.Scan(&e.Seq, &e.Acquirer, &e.What, &e.Signer, &e.Why, &message); err != nil {
				return err
			}
			all, messages = append(all, e), append(messages, message)
		}
		return rows.Err()
	})
	if err != nil {
		w.Fatal(err)
	}
	return all, messages
}

// What was issued, revoked and refused stands in the log, in the transaction that
// made it true; what another acquirer tried stands in the denials.
func TestLogOfCodesTellsEverything(t *testing.T) {
	w := newIssuer(t, codesKey())
	north, south := w.desk("north"), w.desk("south")
	c, err := north.Issue(t.Context(), w.printed("k1"))
	if err != nil {
		t.Fatal(err)
	}
	north.Issue(t.Context(), w.printed("k1")) // again: nothing happens
	south.Revoke(t.Context(), c.ID)
	south.Issued(t.Context(), c.ID)
	north.Revoke(t.Context(), c.ID)
	north.Revoke(t.Context(), c.ID)
	w.later(time.Second) // entries are read in the order of their codes' time
	evil := w.printed("k2")
	evil.Address = "https://evil.example/"
	north.Issue(t.Context(), evil)

	id := verify.Key{Public: codesKey().Public()}.ID()
	got, messages := w.log()
	want := []entry{
		{"1", "north", "issued", id, ""},
		{"2", "north", "revoked", "", ""},
		{"1", "north", "refused", "", `clearing.Issue: refused: the gateway does not sign this code: /address has the host "evil.example", which is not among the domains of merchant "tea"`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("the log differs (-want +got):\n%s", diff)
	}
	tried := []clearing.Denial{{At: c.Issued, Acquirer: "south", Operation: "clearing.Issued", What: "code " + string(c.ID)},
		{At: c.Issued, Acquirer: "south", Operation: "clearing.Revoke", What: "code " + string(c.ID)}}
	if diff := cmp.Diff(tried, w.denials("", time.Time{})); diff != "" {
		t.Errorf("the denials differ (-want +got):\n%s", diff)
	}
	var logged order.IssuedCode
	if err := json.Unmarshal([]byte(messages[0]), &logged); err != nil || !cmp.Equal(logged, c) {
		t.Errorf("the code was logged as %s (%v)", messages[0], err)
	}
	var refused order.IssueRequest
	evil.Key = ""
	if err := json.Unmarshal([]byte(messages[2]), &refused); err != nil || !cmp.Equal(refused, evil) {
		t.Errorf("the refused request was logged as %s (%v)", messages[2], err)
	}
}

// Nobody who can write SQL changes the log by mistake.
func TestLogOfCodesIsOnlyAddedTo(t *testing.T) {
	w := newIssuer(t, codesKey())
	if _, err := w.desk("north").Issue(t.Context(), w.printed("k1")); err != nil {
		t.Fatal(err)
	}
	before, _ := w.log()
	for _, statement := range []string{
		`UPDATE clearing_code_log SET what = 'refused'`,
		`DELETE FROM clearing_code_log`,
		`INSERT OR REPLACE INTO clearing_code_log SELECT code_id, seq, at, acquirer, 'refused', message, signer, why FROM clearing_code_log`,
		`INSERT INTO clearing_code_log SELECT * FROM clearing_code_log WHERE true ON CONFLICT (code_id, seq) DO UPDATE SET what = 'refused'`,
	} {
		err := w.store.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, statement)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "the log of codes is never") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	after, _ := w.log()
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("the log changed:\n%s", diff)
	}
}

// Codes outlive the server, and the key that signed them.
func TestCodesOutliveTheServer(t *testing.T) {
	w := newIssuer(t, codesKey())
	r := w.printed("k1")
	c, err := w.desk("north").Issue(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	w.setup.Codes = nil
	w.restart()
	again, err := w.desk("north").Issue(t.Context(), r)
	if diff := cmp.Diff(c, again); diff != "" || err != nil {
		t.Errorf("%v, (-first +again):\n%s", err, diff)
	}
	_, err = w.desk("north").Issue(t.Context(), w.printed("k2"))
	if order.CodeOf(err) != order.CodeRefused || !strings.Contains(err.Error(), "this gateway signs no codes") {
		t.Errorf("without a key: %v", err)
	}
}

// Addresses of this machine are for development, and nothing turns that on.
func TestCodesOfThisMachineAreForDevelopment(t *testing.T) {
	w := newIssuer(t, codesKey())
	r := w.printed("k1")
	r.Address = "http://tea.localhost:8080/m/tea"
	if _, err := w.desk("north").Issue(t.Context(), r); order.CodeOf(err) != order.CodeRefused {
		t.Errorf("in production: %v", err)
	}
	w.server = newServer(t, w.store, w.keys, w.setup, clearing.Options{Development: true})
	if _, err := w.desk("north").Issue(t.Context(), r); err != nil {
		t.Errorf("in development: %v", err)
	}
	r.Address, r.Key = "http://tea.example/m/tea", "k2"
	if _, err := w.desk("north").Issue(t.Context(), r); order.CodeOf(err) != order.CodeRefused {
		t.Errorf("plain http elsewhere, in development: %v", err)
	}
}

// A dynamic code that nobody could pay is refused, and so is one of a merchant
// without a domain.
func TestCodesThatWouldBeUselessAreRefused(t *testing.T) {
	w := newIssuer(t, codesKey())
	w.setup.Acquirers[0].Components = []string{}
	w.setup.Acquirers[0].Merchants[0].Domains = nil
	w.restart()
	_, err := w.desk("north").Issue(t.Context(), order.IssueRequest{Kind: order.IssuedDynamic, Merchant: "tea", Address: "https://tea.example/m/tea",
		Amount: order.Money{Amount: 1, Currency: "CNY"}, Expires: w.clock().Add(time.Minute), Key: "k1"})
	e, ok := errors.AsType[*order.Error](err)
	if !ok || e.Code != order.CodeRefused || len(e.Problems) != 2 || e.Problems[0].Path != "/address" || e.Problems[1].Path != "/amount" {
		t.Errorf("got %v", err)
	}
}

// signing is a signer that does what the test says.
type signing struct {
	public crypto.PublicKey
	sign   func(message []byte) ([]byte, error)
}

func (s signing) Public() crypto.PublicKey { return s.public }

func (s signing) Sign(_ io.Reader, message []byte, _ crypto.SignerOpts) ([]byte, error) {
	return s.sign(message)
}

// A signer that fails has decided nothing: no code, no refusal, and the same
// key is good for another try.
func TestSignerThatFailsDecidesNothing(t *testing.T) {
	down := true
	w := newIssuer(t, signing{codesKey().Public(), func(message []byte) ([]byte, error) {
		if down {
			return nil, errors.New("the hardware module at 10.0.0.7 does not answer")
		}
		return ed25519.Sign(codesKey(), message), nil
	}})
	_, err := w.desk("north").Issue(t.Context(), w.printed("k1"))
	e, ok := errors.AsType[*order.Error](err)
	if !ok || e.Code != order.CodeUnavailable || strings.Contains(e.Detail, "10.0.0.7") {
		t.Errorf("got %v", err)
	}
	if log, _ := w.log(); len(log) > 0 {
		t.Errorf("the log has %v", log)
	}
	down = false
	if _, err := w.desk("north").Issue(t.Context(), w.printed("k1")); err != nil {
		t.Errorf("the next try: %v", err)
	}
}

func TestNewTellsWhatIsWrongWithTheKeyOfCodes(t *testing.T) {
	for what, signer := range map[string]crypto.Signer{
		"a cut key": ed25519.PrivateKey("short"), "an empty key": ed25519.PrivateKey(nil), "another algorithm": signing{elliptic.P256(), nil},
	} {
		w := newWorld(t, nil)
		d, err := clearing.NewDirectory(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		k := keys(1)
		k.Codes = signer
		_, err = clearing.New(t.Context(), w.store, d, w.setup.Components, k, func(clearing.Acquirer) order.Notifier { return w }, base, nil)
		e, ok := errors.AsType[*order.Error](err)
		if !ok || len(e.Problems) != 1 || e.Problems[0].Path != "/codes" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// No way to print keys prints one.
func TestKeysDoNotPrint(t *testing.T) {
	k := keys(1)
	k.Codes = codesKey()
	raw, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw) + fmt.Sprintf("%v %+v %#v %s %x %q %d %v", k, k, k, k, k, k, k, &k)
	for _, secret := range []string{fmt.Sprint([]byte(codesKey()[:8])), fmt.Sprintf("%x", codesKey()[:8]), string(codesKey()[:8]), "YSBjb25z"} {
		if strings.Contains(text, strings.Trim(secret, "[]")) {
			t.Errorf("a key was printed: %s", text)
		}
	}
	if !strings.Contains(text, "Codes:[secret]") {
		t.Errorf("got %s", text)
	}
}
