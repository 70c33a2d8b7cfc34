package reconcile_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"iter"
	"log"
	"os"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/reconcile"
	"github.com/anyscan/anyscan/order/wire"
)

// exampleKey is an institution's; a real one is made at random and kept.
func exampleKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, 32)) }

// exampleDay is a business day that ends at midnight in Shanghai.
func exampleDay() reconcile.Header {
	calendar := reconcile.Calendar{Zone: time.FixedZone("Asia/Shanghai", 8*60*60)}
	day, err := calendar.Day("2026-11-23")
	if err != nil {
		log.Fatal(err)
	}
	return reconcile.Header{Institution: "Town Clearing", Acquirer: "north", Date: "2026-11-23", Zone: "Asia/Shanghai",
		Period: day, Sequence: 1, Made: day.Until.Add(time.Hour)}
}

// paid is a payment of that day, at a fee of 0.6 %.
func paid(minute time.Duration, id order.ID, attempt string, gross int64) reconcile.Entry {
	at := exampleDay().Period.From.Add(minute * time.Minute)
	e := reconcile.Entry{Kind: reconcile.Payment, Order: id, Merchant: "tea", Attempt: attempt, Component: "blue",
		Reference: "B-" + attempt, State: reconcile.StatePaid, Booked: at, Moved: at, Currency: "CNY", Gross: gross}
	fee, err := reconcile.Rate{BasisPoints: 60}.Fee(e)
	if err != nil {
		log.Fatal(err)
	}
	e.Fee = fee
	return e
}

const (
	first  order.ID = "068040o40lo010000000000004"
	second order.ID = "068040o40lo010000000000008"
)

// An institution writes the file of a day.
func ExampleNewWriter() {
	w, err := reconcile.NewWriter(os.Stdout, reconcile.JSONLines, exampleDay(), exampleKey())
	if err != nil {
		log.Fatal(err)
	}
	if err := w.Write(paid(1, first, "a1", 1250)); err != nil {
		log.Fatal(err)
	}
	totals, err := w.Close()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("owed:", totals[0].All.Net(), totals[0].Currency)
	// Output:
	// {"record":"header","name":"format","value":"anyscan-clearing/1"}
	// {"record":"header","name":"unit","value":"minor"}
	// {"record":"header","name":"institution","value":"Town Clearing"}
	// {"record":"header","name":"acquirer","value":"north"}
	// {"record":"header","name":"date","value":"2026-11-23"}
	// {"record":"header","name":"time_zone","value":"Asia/Shanghai"}
	// {"record":"header","name":"from","value":"2026-11-22T16:00:00Z"}
	// {"record":"header","name":"until","value":"2026-11-23T16:00:00Z"}
	// {"record":"header","name":"sequence","value":"1"}
	// {"record":"header","name":"made","value":"2026-11-23T17:00:00Z"}
	// {"record":"payment","order":"068040o40lo010000000000004","merchant":"tea","attempt":"a1","component":"blue","reference":"B-a1","state":"paid","booked":"2026-11-22T16:01:00Z","moved":"2026-11-22T16:01:00Z","currency":"CNY","gross":1250,"fee":8,"net":1242}
	// {"record":"total","name":"payments","currency":"CNY","count":1,"gross":1250,"fee":8,"net":1242}
	// {"record":"total","name":"refunds","currency":"CNY","count":0,"gross":0,"fee":0,"net":0}
	// {"record":"total","name":"all","currency":"CNY","count":1,"gross":1250,"fee":8,"net":1242}
	// {"record":"signature","name":"key","value":"9ZP03Nu8GrXPAUkbKNxHOKBzxPX83SShgFkRNK-f2lw"}
	// {"record":"signature","name":"sha256","value":"7302d873dc52fe1b1d3819ec6a300726adc033b5303ef192a445d6432c1c2e61"}
	// {"record":"signature","name":"value","value":"JhMvt6M_xRUc4pI5aJsQq-_QIQLL4YqsQlFmruWIQALMihb0XMorXHFBQfHd-QOd4TqgB52NzqqzWL6la_QfAw"}
	// owed: 1242 CNY
}

// file is one with two payments.
func file(f reconcile.Format) *bytes.Buffer {
	var out bytes.Buffer
	w, err := reconcile.NewWriter(&out, f, exampleDay(), exampleKey())
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range []reconcile.Entry{paid(1, first, "a1", 1250), paid(2, second, "a2", 680)} {
		if err := w.Write(e); err != nil {
			log.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		log.Fatal(err)
	}
	return &out
}

// An acquirer reads it, knowing the institution's public key.
func ExampleNewReader() {
	keys, err := wire.NewKeys(exampleKey().Public())
	if err != nil {
		log.Fatal(err)
	}
	r, err := reconcile.NewReader(file(reconcile.CSV), keys, &reconcile.ReaderOptions{Acquirer: "north"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Header().Institution, r.Header().Date)
	for e, err := range r.Entries(context.Background()) {
		if err != nil {
			log.Fatal(err) // nothing of what was read counts
		}
		fmt.Println(e.Kind, e.Attempt, e.Gross, e.Fee, e.Net(), e.Currency)
	}
	fmt.Println("proven:", r.Totals()[0].All)

	changed := bytes.Replace(file(reconcile.CSV).Bytes(), []byte("B-a1"), []byte("B-a7"), 1)
	r, err = reconcile.NewReader(bytes.NewReader(changed), keys, nil)
	for _, e := range r.Entries(context.Background()) {
		err = e
	}
	fmt.Println(err)
	// Output:
	// Town Clearing 2026-11-23
	// payment a1 1250 8 1242 CNY
	// payment a2 680 4 676 CNY
	// proven: {2 1930 12}
	// line 19: sha256: reconcile: the signature does not prove the file: is "afee31fed656321c6b9e040b4e2970cab48b8c14ab2f431b779eda6882467b8e", the lines above have "d6d81ac89c6496ddb0de3084c0d074d4b0e1e3081810f6d2208ea25b646b3ab1": was the file changed on its way?
}

// ownBooks are an acquirer's own records in memory; acquirer.Server has its own.
type ownBooks []reconcile.Entry

func (b ownBooks) Key(e reconcile.Entry) string { return string(e.Order) }

func (b ownBooks) Entries(_ context.Context, p reconcile.Period) iter.Seq2[reconcile.Entry, error] {
	return func(yield func(reconcile.Entry, error) bool) {
		for _, e := range b {
			if p.Contains(e.Booked) && !yield(e, nil) {
				return
			}
		}
	}
}

func (b ownBooks) Find(_ context.Context, there reconcile.Entry) (reconcile.Entry, bool, error) {
	for _, e := range b {
		if e.Order == there.Order {
			return e, true, nil
		}
	}
	return reconcile.Entry{}, false, nil
}

// An acquirer that knows of one payment, at another amount, matches the file.
func ExampleMatchFile() {
	keys, err := wire.NewKeys(exampleKey().Public())
	if err != nil {
		log.Fatal(err)
	}
	r, err := reconcile.NewReader(file(reconcile.JSONLines), keys, nil)
	if err != nil {
		log.Fatal(err)
	}
	report, err := reconcile.MatchFile(context.Background(), r, ownBooks{paid(1, first, "a1", 1260)}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, b := range report.Breaks {
		fmt.Println(b)
	}
	// Output:
	// amount: 068040o40lo010000000000004: here 12.60 CNY paid "blue" "B-a1" at 2026-11-22T16:01:00Z, there 12.50 CNY paid "blue" "B-a1" at 2026-11-22T16:01:00Z
	// missing_here: 068040o40lo010000000000008: here nothing, there 6.80 CNY paid "blue" "B-a2" at 2026-11-22T16:02:00Z
}

// What lies at the cut-off waits for the next day: it may stand there.
func ExampleMatch() {
	late := paid(24*60-1, first, "a1", 1250)
	statement := func(yield func(reconcile.Entry, error) bool) {} // of a day without payments
	report, err := reconcile.Match(context.Background(), exampleDay().Period, statement, ownBooks{late}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("breaks:", len(report.Breaks), "pending:", report.Pending[0].Kind)
	// Output:
	// breaks: 0 pending: missing_there
}

func ExampleDate_Next() {
	fmt.Println(reconcile.Date("2026-12-31").Next())
	// Output: 2027-01-01
}
