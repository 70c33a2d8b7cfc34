package clearing_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
)

// A new secret makes new addresses while the old one still opens the old.
func TestSecretsRotate(t *testing.T) {
	w := newWorld(t, nil)
	o := w.newOrder()
	old := w.place(o)
	w.keys = keys(1, 2)
	w.restart()
	if again := w.place(o); again != old || w.opens(old) != "" {
		t.Errorf("during the rotation the order is at %q (%q), was at %q", again, w.opens(old), old)
	}
	recent := w.place(w.newOrder())
	w.keys = keys(2)
	w.restart()
	if got := w.opens(recent); got != "" {
		t.Errorf("the address made during the rotation opens with %q", got)
	}
	if got := w.opens(old); got != order.CodeNotFound {
		t.Errorf("the address of the removed secret opens with %q", got)
	}
	if again := w.place(o); again == old || w.opens(again) != "" {
		t.Errorf("placed again, the order is at %q, which opens with %q", again, w.opens(again))
	}
}

// Who has read the whole database has no address that opens.
func TestStolenTablesOpenNothing(t *testing.T) {
	w := newWorld(t, nil)
	address := w.place(w.newOrder())
	a := w.begin(address, "k1")
	w.blue.Decide(a.ID, component.OutcomeSucceeded)
	if _, err := w.server.Resume(t.Context(), a.ReturnAddress, component.Return{}); err != nil {
		t.Fatal(err)
	}
	stolen := dump(t, w)
	if !bytes.Contains(stolen, []byte(a.ID)) {
		t.Fatal("the dump holds nothing")
	}
	for _, address := range []string{address, a.ReturnAddress} {
		token := address[len(address)-26:]
		raw, err := base32.HexEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(token))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(stolen, []byte(token)) || bytes.Contains(stolen, raw) {
			t.Errorf("the tables hold the token of %s", address)
		}
	}
	secret := w.keys.Tokens[1]
	if bytes.Contains(stolen, secret[:]) {
		t.Error("the tables hold the secret")
	}
}

// dump is every value of every table.
func dump(t *testing.T, w *world) []byte {
	var all bytes.Buffer
	err := w.store.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		for _, table := range column(ctx, t, tx, `SELECT name FROM sqlite_master WHERE type = 'table'`) {
			for _, name := range column(ctx, t, tx, `SELECT name FROM pragma_table_info('`+table+`')`) {
				for _, value := range column(ctx, t, tx, `SELECT COALESCE("`+name+`", '') FROM "`+table+`"`) {
					all.WriteString(value + "\n")
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.Bytes()
}

// column reads the one column that a query gives.
func column(ctx context.Context, t testing.TB, tx *sql.Tx, query string, args ...any) (values []string) {
	t.Helper()
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var value []byte
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		values = append(values, string(value))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}

// However it is printed, a secret shows nothing of itself.
func TestSecretsNeverPrint(t *testing.T) {
	k := clearing.Keys{Tokens: map[int]clearing.Secret{1: {'s', 'e', 'e', 'n'}}}
	var log bytes.Buffer
	timeless := &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr { // its digits are no secret's
		if len(groups) == 0 && a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	slog.New(slog.NewJSONHandler(&log, timeless)).Info("keys", "keys", k, "secret", k.Tokens[1])
	slog.New(slog.NewTextHandler(&log, timeless)).Info("keys", "keys", k, "secret", k.Tokens[1])
	encoded, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	all := log.String() + string(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		all += fmt.Sprintf(verb, k) + fmt.Sprintf(verb, k.Tokens[1])
	}
	for _, trace := range []string{"seen", "7365656e", "115", "0x73"} {
		if strings.Contains(all, trace) {
			t.Errorf("%q shows in %s", trace, all)
		}
	}
}

// No address opens but those that were given out.
func FuzzAddress(f *testing.F) {
	w := newWorld(f, nil)
	address := w.place(w.newOrder())
	a := w.begin(address, "k1")
	for _, seed := range []string{address, a.ReturnAddress, address + "?x=1", address[:len(address)-1], strings.ToUpper(address),
		base + "/pay/", base + "/return/" + a.ID, strings.Replace(address, "/pay/", "/pay//", 1), "", "https://pay.example.evil.example/pay/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, at string) {
		_, err := w.server.Open(t.Context(), at, gateway.Opening{})
		if at != address && order.CodeOf(err) != order.CodeNotFound {
			t.Errorf("Open(%q): %v", at, err)
		}
		_, err = w.server.Resume(t.Context(), at, component.Return{})
		if at != a.ReturnAddress && order.CodeOf(err) != order.CodeNotFound {
			t.Errorf("Resume(%q): %v", at, err)
		}
	})
}

// Nothing that holds the secrets prints them.
func TestServerPrintsNoSecret(t *testing.T) {
	w := newWorld(t, nil)
	secret := []byte("correct horse battery staple 123")
	w.server = newServer(t, w.store, clearing.Keys{Tokens: map[int]clearing.Secret{1: clearing.Secret(secret)}, Codes: ed25519.NewKeyFromSeed(secret)},
		w.setup, clearing.Options{})
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%s"} {
		text := fmt.Sprintf(verb+verb, w.server, *w.server)
		for _, told := range []string{"correct", "99 111 114", "0x63, 0x6f", "636f7272"} {
			if strings.Contains(text, told) {
				t.Errorf("%s prints %q", verb, told)
			}
		}
	}
}
