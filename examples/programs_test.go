package examples_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// Three programs, each a process of its own with its own files, take a payment
// together: the clearing institution comes to know the acquirer while it runs, the
// acquirer has a code issued, the terminal reads its picture and pays, and the
// sale stands in the acquirer's own table. A part of it is given back, and taken off
// there when the gateway has told. Told to stop, each ends in order.
func TestProgramsTakeAPaymentTogether(t *testing.T) {
	takeAPaymentTogether(t, "acquirer.db", "gateway.db")
}

func TestProgramsOnPostgresTakeAPaymentTogether(t *testing.T) {
	c := pgtest.Start(t)
	takeAPaymentTogether(t, c.Database(t), c.Database(t))
}

func takeAPaymentTogether(t *testing.T, acquirerDB, clearingDB string) {
	if testing.Short() {
		t.Skip("short: builds programs")
	}
	d := newDesktop(t, "acquirer", "clearing", "superapp")
	d.configure()
	clearing := d.serve("clearing", 2, "-db", clearingDB, "-listen", "127.0.0.1:0")
	standing := []string{"-keys", "bank.json", "-db", acquirerDB, "-gateway", clearing.says["gateway"]}
	acquirer := d.serve("acquirer", 3, append(standing, "-listen", "127.0.0.1:0")...)
	standing = append(standing, "-base", acquirer.says["acquirer"])

	d.replace("acquirers.json", d.run("acquirer", append(standing, "-register")...))
	clearing.logs(`of="1 acquirers of acquirers.json"`)

	d.run("acquirer", append(standing, "-code", "cafe", "-out", "counter.png")...)
	d.run("acquirer", append(standing, "-code", "books", "-amount", "12.80", "-out", "bill.png")...)
	d.run("acquirer", append(standing, "-code", "cafe", "-out", "counter.pdf")...)
	if sheet, err := os.ReadFile(d.file("counter.pdf")); err != nil || !bytes.HasPrefix(sheet, []byte("%PDF-")) {
		t.Errorf("the sheet is %.20q (%v)", sheet, err)
	}
	terminal := []string{"-dev", "-codes", "codes.jwks", "-wallet", clearing.says["wallet"], "-settings", "terminal.json", "-pay", "green"}
	for picture, paid := range map[string]string{"counter.png": "paid  25.00 CNY  by green", "bill.png": "paid  12.80 CNY  by green"} {
		if out := d.run("superapp", append(terminal, "-image", picture)...); !strings.Contains(out, paid) {
			t.Errorf("%s:\n%s\nwant %q", picture, out, paid)
		}
	}

	books := acquirer.says["sales"] + ".json"
	sales := d.sales(books, func(all map[string]sold) bool { return len(all) == 2 })
	cafe := sold{sales["cafe"].Order, "cafe", "25.00", "", "25.00", "green"}
	want := map[string]sold{"cafe": cafe, "books": {sales["books"].Order, "books", "12.80", "", "12.80", "green"}}
	if diff := cmp.Diff(want, sales); diff != "" {
		t.Errorf("the books differ: %s", diff)
	}
	refund := append(standing, "-refund", cafe.Order, "-amount", "5.00", "-reason", "The cake was sold out")
	id, rest, _ := strings.Cut(strings.TrimPrefix(d.run("acquirer", refund...), "refund  "), "\n")
	if !strings.HasSuffix(rest, "\nleft    20.00 CNY of 25.00 CNY\n") {
		t.Errorf("the refund %s:\n%s", id, rest)
	}
	cafe.Refunded, cafe.Net = "5.00", "20.00"
	want["cafe"] = cafe
	sales = d.sales(books, func(all map[string]sold) bool { return all["cafe"].Refunded != "" })
	if diff := cmp.Diff(want, sales); diff != "" {
		t.Errorf("the books differ after a refund: %s", diff)
	}
	again := "refund  " + id + "\nstate   succeeded\nleft    20.00 CNY of 25.00 CNY\n"
	if diff := cmp.Diff(again, d.run("acquirer", append(refund, "-refund-id", id)...)); diff != "" {
		t.Errorf("the same refund again: %s", diff)
	}
	acquirer.stop()
	clearing.stop()
}

// configure writes the example's configuration for ports that the system chooses,
// with a directory where nobody takes part yet, and makes secrets for it.
func (d *desktop) configure() {
	d.Helper()
	raw, err := os.ReadFile("clearing/clearing.json")
	if err != nil {
		d.Fatal(err)
	}
	d.replace("clearing.json", strings.Replace(string(raw), "127.0.0.1:8082", "127.0.0.1:0", 1))
	d.replace("acquirers.json", `{"acquirers": []}`)
	d.export(d.run("clearing", "-genkeys"))
	d.run("clearing", "-publish", ".")
}

// sold is a row of the acquirer's own table.
type sold struct{ Order, Merchant, Amount, Refunded, Net, Wallet string }

// sales asks the acquirer's backend for its sales, by merchant, until they are all
// there.
func (d *desktop) sales(address string, there func(map[string]sold) bool) (all map[string]sold) {
	d.Helper()
	var secrets map[string]string
	raw, err := os.ReadFile(d.file("bank.json"))
	if err == nil {
		err = json.Unmarshal(raw, &secrets)
	}
	if err != nil {
		d.Fatal(err)
	}
	client := scanhttp.LocalhostClient()
	defer client.CloseIdleConnections()
	for end := time.Now().Add(20 * time.Second); !there(all) && time.Now().Before(end); {
		r, err := http.NewRequestWithContext(d.Context(), http.MethodGet, address, nil)
		if err != nil {
			d.Fatal(err)
		}
		r.SetBasicAuth("", secrets["ACQUIRER_SALES"])
		answer, err := client.Do(r)
		if err != nil {
			d.Fatal(err)
		}
		var page struct{ Sales []sold }
		err = json.NewDecoder(answer.Body).Decode(&page)
		answer.Body.Close()
		if err != nil {
			d.Fatalf("%s: %v", answer.Status, err)
		}
		all = map[string]sold{}
		for _, s := range page.Sales {
			all[s.Merchant] = s
		}
	}
	return all
}
