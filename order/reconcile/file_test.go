package reconcile

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/internal/jwk"
	"github.com/anyscan/anyscan/order"
)

func formats() []Format { return []Format{CSV, JSONLines} }

// texts are what a provider may call a payment, and what spreadsheets compute.
func texts() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[=+\-@'＝＋－＠][ -~]{0,20}`),
		rapid.StringMatching(`[!-~][ -~äöü，;"']{0,30}`),
		rapid.SampledFrom([]string{`=HYPERLINK("http://x.example","y")`, "'=1", "''", `a","b`, `"`, "-1", "@x", "x;=1", "ｔ＝", `\`, `\u0041`, "</script>"}),
	).Filter(func(s string) bool { return order.CheckText(s, maxText) == nil })
}

func entries(h Header) *rapid.Generator[[]Entry] {
	return rapid.Custom(func(t *rapid.T) (all []Entry) {
		at := h.Period.From
		for n := range rapid.IntRange(0, 12).Draw(t, "entries") {
			at = at.Add(time.Duration(rapid.Int64Range(1, 1e9).Draw(t, "later")) * time.Microsecond)
			e := testEntry(h.Period, n)
			e.Booked, e.Moved = at, at.Add(-time.Duration(rapid.Int64Range(-1e6, 1e6).Draw(t, "moved"))*time.Microsecond)
			e.Reference, e.Component = texts().Draw(t, "reference"), texts().Draw(t, "component")
			e.Merchant = rapid.StringMatching(`[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}`).Draw(t, "merchant")
			e.Currency = rapid.SampledFrom([]string{"CNY", "JPY", "KWD", "EUR"}).Draw(t, "currency")
			gross := rapid.Int64Range(1, order.MaxAmount/20).Draw(t, "gross")
			e.Fee = rapid.Int64Range(-1e6, 1e6).Draw(t, "fee")
			if e.Gross = gross; e.Kind == Refund {
				e.Gross = -gross
			}
			all = append(all, e)
		}
		return all
	})
}

// What is written is read again, in either format, with sums that are those of
// the entries; and a table of encoding/csv has no cell that a spreadsheet computes.
func TestWhatIsWrittenIsRead(t *testing.T) {
	h, keys := testHeader(t), keysOf(t, testKey().Public())
	rapid.Check(t, func(rt *rapid.T) {
		all := entries(h).Draw(rt, "all")
		for _, f := range formats() {
			raw := written(t, f, h, all...)
			r, got, err := read(raw, keys, &ReaderOptions{Acquirer: "north"})
			if err != nil {
				rt.Fatalf("%s: %v\n%s", f, err, raw)
			}
			if diff := cmp.Diff(all, got) + cmp.Diff(h, r.Header()) + cmp.Diff(sumsOf(all), netOf(r.Totals())); diff != "" {
				rt.Fatalf("%s (-want +got):\n%s", f, diff)
			}
			if f == CSV {
				harmless(rt, raw)
			}
		}
	})
}

func sumsOf(all []Entry) map[string]int64 {
	sums := map[string]int64{}
	for _, e := range all {
		sums[e.Currency] += e.Gross - e.Fee
		sums[e.Currency+string(e.Kind)]++
	}
	return sums
}

func netOf(all []Totals) map[string]int64 {
	sums := map[string]int64{}
	for _, t := range all {
		sums[t.Currency] = t.All.Net()
		for kind, n := range map[Kind]int64{Payment: t.Payments.Count, Refund: t.Refunds.Count} {
			if n > 0 {
				sums[t.Currency+string(kind)] = n
			}
		}
	}
	return sums
}

func harmless(t *rapid.T, raw []byte) {
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range rows {
		for column, cell := range cells {
			if column < colCount && strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r") {
				t.Fatalf("the cell %q is computed", cell)
			}
		}
	}
}

// Whatever single byte is changed, wherever the file is cut, and whichever line is
// left out, doubled or moved, the file is refused, with the place.
func TestAChangedFileIsRefused(t *testing.T) {
	h, keys := testHeader(t), keysOf(t, testKey().Public())
	var all []Entry
	for n := range 4 {
		all = append(all, testEntry(h.Period, n))
	}
	for _, f := range formats() {
		raw := written(t, f, h, all...)
		refused := func(what string, changed []byte) {
			_, _, err := read(changed, keys, nil)
			if e, ok := errors.AsType[*FileError](err); !ok || e.Line == 0 {
				t.Errorf("%s, %s: %v", f, what, err)
			}
		}
		for i := range raw {
			for _, bit := range []byte{1, 32} {
				changed := bytes.Clone(raw)
				changed[i] ^= bit
				refused(fmt.Sprint("byte ", i), changed)
			}
			refused(fmt.Sprint("cut at ", i), raw[:i])
		}
		refused("more", append(bytes.Clone(raw), '\n'))
		lines := bytes.SplitAfter(raw, []byte("\n"))
		for i := range len(lines) - 1 {
			without := append(bytes.Join(lines[:i], nil), bytes.Join(lines[i+1:], nil)...)
			refused(fmt.Sprint("without line ", i+1), without)
			doubled := append(bytes.Join(lines[:i+1], nil), bytes.Join(lines[i:], nil)...)
			refused(fmt.Sprint("line doubled ", i+1), doubled)
		}
		other := written(t, f, h, all[:3]...)
		i, j := bytes.LastIndex(raw, []byte("signature")), bytes.LastIndex(other, []byte("signature"))
		refused("another file's signature", append(bytes.Clone(raw[:i]), other[j:]...))
	}
}

// Each kind of key signs, and no other key verifies.
func TestKeysOfFiles(t *testing.T) {
	h := testHeader(t)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := rsa.GenerateKey(rand.Reader, 4096)
	if err != nil {
		t.Fatal(err)
	}
	stranger, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []crypto.Signer{testKey(), ec, pair} {
		var out bytes.Buffer
		w, err := NewWriter(&out, CSV, h, key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, _, err := read(out.Bytes(), keysOf(t, key.Public()), nil); err != nil {
			t.Errorf("%T: %v", key, err)
		}
		id, err := jwk.ID(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		for what, keys := range map[string]Keys{"no key": keyring{}, "another key by its name": keyring{id: stranger},
			"a secret": keyring{id: jwk.NewSecret(make([]byte, 32))}} {
			if _, _, err := read(out.Bytes(), keys, nil); !errors.Is(err, ErrSignature) {
				t.Errorf("%T with %s: %v", key, what, err)
			}
		}
	}
}

// What is wrong is told with its line and column, and with what would be right.
func TestWrongLinesAreTold(t *testing.T) {
	h, keys := testHeader(t), keysOf(t, testKey().Public())
	one := testEntry(h.Period, 1)
	for _, c := range []struct {
		format   Format
		old, new string
		kind     error
		want     string
	}{
		{CSV, "record,name,", "Record,name,", ErrFormat, "line 1: "},
		{CSV, "\r\nheader,unit", "\nheader,unit", ErrFormat, `line 2: reconcile: not a clearing file as it should be: does not end in "\r\n"`},
		{CSV, "anyscan-clearing/1", "anyscan-clearing/2", ErrFormat, `line 2: format: reconcile: not a clearing file as it should be: is "anyscan-clearing/2": want "anyscan-clearing/1"`},
		{CSV, "header,acquirer,north", "header,acquirer,NORTH", ErrFormat, "line 5: acquirer: "},
		{CSV, ",2026-11-23,", ",2026-11-31,", ErrFormat, "line 6: date: "},
		{CSV, "2026-11-23T16:00:00Z", "2026-11-29T16:00:00Z", ErrFormat, "line 9: until: "},
		{CSV, "payment,", "payout,", ErrFormat, `line 12: record: reconcile: not a clearing file as it should be: is "payout": want header, payment, refund, total or signature`},
		{CSV, ",107,", ",1.07,", ErrFormat, `line 12: gross: reconcile: not a clearing file as it should be: is "1.07": want an integer from -9007199254740991 to 9007199254740991, in minor units`},
		{CSV, ",107,", ",0107,", ErrFormat, "line 12: gross: "},
		{CSV, ",107,6,101", ",107,7,101", ErrTotals, "line 12: net: reconcile: the sums do not fit: is 101: gross minus fee is 100"},
		{CSV, ",107,6,101", ",-107,6,-113", ErrFormat, "line 12: gross: "},
		{CSV, ",tea,", ",=tea,", ErrFormat, "line 12: reconcile: not a clearing file as it should be: is"},
		{CSV, ",tea,", ",\"tea\",", ErrFormat, "line 12: reconcile: not a clearing file as it should be: is"},
		{CSV, ",tea,", ",te\"a,", ErrFormat, "line 12: merchant: "},
		{CSV, ",tea,", ",tea,,", ErrFormat, "line 12: "},
		{CSV, ",tea,", ",,", ErrFormat, "line 12: merchant: reconcile: not a clearing file as it should be: is missing: every payment has it"},
		{CSV, ",CNY,,107", ",XXX,,107", ErrFormat, "line 12: currency: "},
		{CSV, "16:00:01Z", "16:00:01.0Z", ErrFormat, "line 12: booked: "},
		{CSV, "2026-11-22T16:00:01Z", "2026-11-22T15:59:59Z", ErrFormat, "line 12: booked: "},
		{CSV, "total,payments", "total,refunds", ErrTotals, `line 13: name: reconcile: the sums do not fit: is "refunds": the entries come to "payments" of payments in CNY`},
		{CSV, ",CNY,1,107,6,101", ",CNY,2,107,6,101", ErrTotals, "line 13: count: "},
		{CSV, "signature,key", "signature,kid", ErrFormat, "line 16: record: "},
		{CSV, "signature,value,", "signature,value," + strings.Repeat("A", 5000), ErrTooLarge, "line 18: "},
		{JSONLines, `"gross":107`, `"gross":"107"`, ErrFormat, "line 11: gross: "},
		{JSONLines, `"gross":107`, `"gross":1.07e2`, ErrFormat, "line 11: gross: "},
		{JSONLines, `"gross":107`, `"gross": 107`, ErrFormat, "line 11: "},
		{JSONLines, `"gross":107`, `"gross":107,"gross":107`, ErrFormat, "line 11: "},
		{JSONLines, `"gross":107`, `"Gross":107`, ErrFormat, `line 11: reconcile: not a clearing file as it should be: has a member "Gross": there are record, name`},
		{JSONLines, `"merchant":"tea"`, `"merchant":["tea"]`, ErrFormat, "line 11: merchant: "},
		{JSONLines, `"merchant":"tea"`, `"merchant":"te\u0061"`, ErrFormat, "line 11: "},
		{JSONLines, "}\n{\"record\":\"total\"", "}{\"record\":\"total\"", ErrFormat, "line 11: "},
	} {
		raw := written(t, c.format, h, one)
		changed := bytes.Replace(raw, []byte(c.old), []byte(c.new), 1)
		if bytes.Equal(raw, changed) {
			t.Errorf("%q does not stand in\n%s", c.old, raw)
		}
		_, _, err := read(changed, keys, nil)
		if !errors.Is(err, c.kind) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q for %q:\n got %v\nwant %s", c.new, c.old, err, c.want)
		}
	}
}

func TestAnotherFileIsRefused(t *testing.T) {
	raw := written(t, CSV, testHeader(t))
	if _, err := NewReader(bytes.NewReader(raw), keyring{}, &ReaderOptions{Acquirer: "south"}); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
	if _, err := NewReader(bytes.NewReader(raw), keyring{}, &ReaderOptions{Date: "2026-11-24"}); !errors.Is(err, ErrFormat) {
		t.Errorf("a file of the day before: %v", err)
	}
	if _, _, err := read(written(t, CSV, testHeader(t), testEntry(testHeader(t).Period, 1), testEntry(testHeader(t).Period, 2)),
		keysOf(t, testKey().Public()), &ReaderOptions{MaxEntries: 1}); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

// A writer that was given something wrong says what, and never signs.
func TestWriterRefuses(t *testing.T) {
	h := testHeader(t)
	one := testEntry(h.Period, 1)
	for column, change := range map[string]func(*Entry){
		"record":    func(e *Entry) { e.Kind = "payout" },
		"order":     func(e *Entry) { e.Order = "1" },
		"merchant":  func(e *Entry) { e.Merchant = "a b" },
		"attempt":   func(e *Entry) { e.Attempt = "" },
		"refund":    func(e *Entry) { e.Refund = "r" },
		"component": func(e *Entry) { e.Component = "a\tb" },
		"reference": func(e *Entry) { e.Reference = "a\nb" },
		"state":     func(e *Entry) { e.State = "Paid" },
		"booked":    func(e *Entry) { e.Booked = h.Period.Until },
		"moved":     func(e *Entry) { e.Moved = e.Moved.In(shanghai()) },
		"currency":  func(e *Entry) { e.Currency = "cny" },
		"gross":     func(e *Entry) { e.Gross = order.MaxAmount + 1 },
		"fee":       func(e *Entry) { e.Fee = -order.MaxAmount - 1 },
		"net":       func(e *Entry) { e.Gross, e.Fee = order.MaxAmount, -1 },
	} {
		var out bytes.Buffer
		w, err := NewWriter(&out, CSV, h, testKey())
		if err != nil {
			t.Fatal(err)
		}
		bad := one
		change(&bad)
		err = w.Write(bad)
		if e, ok := errors.AsType[*FileError](err); !ok || e.Column != column {
			t.Errorf("%s: %v", column, err)
		}
		if _, err := w.Close(); err == nil || strings.Contains(out.String(), "signature") {
			t.Errorf("%s: a file that lacks an entry was signed", column)
		}
	}
}

// Sums that an amount cannot hold are an error on both sides, and never wrap.
func TestSumsDoNotOverflow(t *testing.T) {
	h := testHeader(t)
	w, err := NewWriter(&bytes.Buffer{}, CSV, h, testKey())
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n < 3; n++ {
		e := testEntry(h.Period, n)
		e.Gross = order.MaxAmount
		if err := w.Write(e); (n == 1) != (err == nil) || n == 2 && !errors.Is(err, ErrTotals) {
			t.Errorf("entry %d: %v", n, err)
		}
	}
	if _, err := w.Close(); !errors.Is(err, ErrTotals) {
		t.Errorf("closed: %v", err)
	}
}
