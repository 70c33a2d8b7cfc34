package emvco_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/scan/barcode/emvco"
)

// Every payload that is written is read as it was, and written as it was again.
func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := payloads(t)
		text, err := p.Text()
		if err != nil {
			t.Fatalf("%v is not written: %v", p.Objects, err)
		}
		if want := signed(strings.TrimSuffix(text[:len(text)-4], "6304")); text != want {
			t.Fatalf("%q, want the checksum of %q", text, want)
		}
		got, err := emvco.Parse(text)
		if diff := cmp.Diff(p, got); err != nil || diff != "" {
			t.Fatalf("%q: %v (-want +got):\n%s", text, err, diff)
		}
		if again, err := got.Text(); err != nil || again != text {
			t.Fatalf("%q, %v; want %q", again, err, text)
		}
	})
}

// payloads draws one that the specification allows, its objects in any order.
func payloads(t *rapid.T) emvco.Payload {
	text := func(name string, most int, of string) string {
		return rapid.StringMatching(fmt.Sprintf("%s{1,%d}", of, most)).Draw(t, name)
	}
	const printable, any = "[ -~]", `[ -~éß茶京𝄞\n]`
	id := func(name string, least, most int) string {
		return fmt.Sprintf("%02d", rapid.IntRange(least, most).Draw(t, name))
	}
	own := func(name string) []emvco.Object {
		return []emvco.Object{{ID: "00", Value: text(name, 32, printable)}, {ID: id(name, 1, 99), Value: text(name, 10, any)}}
	}
	list := []emvco.Object{
		{ID: "52", Value: rapid.StringMatching("[0-9]{4}").Draw(t, "category")},
		{ID: "53", Value: rapid.StringMatching("[0-9]{3}").Draw(t, "currency")},
		{ID: "58", Value: rapid.StringMatching("[A-Z]{2}").Draw(t, "country")},
		{ID: "59", Value: text("name", 25, printable)}, {ID: "60", Value: text("city", 15, printable)},
		{ID: id("card", 2, 25), Value: text("card", 20, printable)},
		{ID: id("account", 26, 51), Objects: own("account")},
	}
	optional := []emvco.Object{
		{ID: "01", Value: rapid.SampledFrom([]string{"11", "12"}).Draw(t, "initiation")},
		{ID: "54", Value: rapid.StringMatching(`[0-9]{0,6}[1-9](\.[0-9]{0,2})?`).Draw(t, "amount")},
		{ID: "61", Value: text("postal code", 10, printable)},
		{ID: "62", Objects: []emvco.Object{{ID: id("additional", 1, 8), Value: text("additional", 20, printable)}, {ID: id("payment system", 50, 99), Objects: own("payment system")}}},
		{ID: "64", Objects: []emvco.Object{{ID: "00", Value: "zh"}, {ID: "01", Value: text("name there", 25, any)}}},
		{ID: id("reserved", 65, 79), Value: text("reserved", 20, any)},
		{ID: id("unreserved", 80, 99), Objects: own("unreserved")},
	}
	for _, o := range optional {
		if rapid.Bool().Draw(t, "with "+o.ID) {
			list = append(list, o)
		}
	}
	switch rapid.IntRange(0, 3).Draw(t, "fee") {
	case 1:
		list = append(list, emvco.Object{ID: "55", Value: "01"})
	case 2:
		list = append(list, emvco.Object{ID: "55", Value: "02"}, emvco.Object{ID: "56", Value: "1."})
	case 3:
		list = append(list, emvco.Object{ID: "57", Value: "00.01"}, emvco.Object{ID: "55", Value: "03"})
	}
	return emvco.Payload{Objects: slices.Clip(rapid.Permutation(list).Draw(t, "order"))}
}
