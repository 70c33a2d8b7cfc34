package reconcile

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/jwk"
	"github.com/anyscan/anyscan/order"
)

var _ Keys = keyring{}

// keyring holds keys by their identifier.
type keyring map[string]crypto.PublicKey

func (k keyring) Key(_ context.Context, id string) (crypto.PublicKey, error) {
	if pub, ok := k[id]; ok {
		return pub, nil
	}
	return nil, order.Errorf(order.CodeNotFound, "keyring", "there is no key %.43q", id)
}

// testKey is always the same.
func testKey() ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("clearing files of tests"))
	return ed25519.NewKeyFromSeed(seed[:])
}

func keysOf(t testing.TB, all ...crypto.PublicKey) keyring {
	t.Helper()
	k := keyring{}
	for _, pub := range all {
		id, err := jwk.ID(pub)
		if err != nil {
			t.Fatal(err)
		}
		k[id] = pub
	}
	return k
}

func shanghai() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

func testHeader(t testing.TB) Header {
	t.Helper()
	p, err := Calendar{Zone: shanghai()}.Day("2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	return Header{Institution: "Clearing, of the Town", Acquirer: "north", Date: "2026-11-23", Zone: "Asia/Shanghai",
		Period: p, Sequence: 7, Made: p.Until.Add(time.Hour)}
}

// testEntry is the nth of a day, a second after the one before it.
func testEntry(p Period, n int) Entry {
	at := p.From.Add(time.Duration(n) * time.Second)
	e := Entry{Kind: Payment, Order: testID(n), Merchant: "tea", Attempt: fmt.Sprintf("attempt%08d", n), Component: "blue",
		Reference: fmt.Sprintf("B-%d", n), State: StatePaid, Booked: at, Moved: at.Add(-time.Millisecond), Currency: "CNY", Gross: int64(n)*7%5000 + 100, Fee: 6}
	if n%10 == 9 {
		e.Kind, e.Refund, e.State, e.Gross, e.Fee = Refund, fmt.Sprintf("refund%08d", n), StateRefunded, -e.Gross, 0
	}
	if n%4 == 3 {
		e.Currency = "JPY"
	}
	return e
}

// testID is an order's, the same for the same n.
func testID(n int) order.ID {
	u := [16]byte{1, 0x90, 2, 3, 4, 5, 0x70, 0, 0x80}
	binary.BigEndian.PutUint32(u[12:], uint32(n))
	return order.ID(base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding).EncodeToString(u[:]))
}

// written is a file with the entries.
func written(t testing.TB, f Format, h Header, entries ...Entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, f, h, testKey())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// read reads a file to its end.
func read(raw []byte, keys Keys, o *ReaderOptions) (*Reader, []Entry, error) {
	r, err := NewReader(bytes.NewReader(raw), keys, o)
	if err != nil {
		return nil, nil, err
	}
	var all []Entry
	for e, err := range r.Entries(context.Background()) {
		if err != nil {
			return r, all, err
		}
		all = append(all, e)
	}
	return r, all, nil
}

// sequence is entries as an iterator.
func sequence(all ...Entry) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for _, e := range all {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// books are own records in memory.
type books []Entry

func (b books) Key(e Entry) string { return e.ID() }

func (b books) Entries(_ context.Context, p Period) iter.Seq2[Entry, error] {
	var day []Entry
	for _, e := range b {
		if p.Contains(e.Booked) {
			day = append(day, e)
		}
	}
	slices.SortFunc(day, func(a, c Entry) int { return a.Booked.Compare(c.Booked) })
	return sequence(day...)
}

func (b books) Find(_ context.Context, there Entry) (Entry, bool, error) {
	for _, e := range b {
		if e.ID() == there.ID() {
			return e, true, nil
		}
	}
	return Entry{}, false, nil
}
