package emvco_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/nodetest"
	"github.com/anyscan/anyscan/scan/barcode/emvco"
)

// told is what implementations from npm say of a payload.
type told struct {
	Intact  bool         `json:"intact"`  // its checksum is right
	Objects []toldObject `json:"objects"` // it, taken apart
	Written string       `json:"written"` // it, read and written by another
}

type toldObject struct {
	ID      string       `json:"id"`
	Value   string       `json:"value"`
	Objects []toldObject `json:"objects"`
}

// Implementations that have nothing of ours read what we write as it was, and
// write it again with the same checksum.
func TestOthersReadWhatIsWritten(t *testing.T) {
	written := payloadsForOthers(t)
	input, err := json.Marshal(written)
	if err != nil {
		t.Fatal(err)
	}
	var others []told
	if err := json.Unmarshal(nodetest.Script(t, input, "testdata/read.mjs"), &others); err != nil || len(others) != len(written) {
		t.Fatalf("%d answers to %d payloads: %v", len(others), len(written), err)
	}
	for i, text := range written {
		p, err := emvco.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		frame := slices.Concat([]emvco.Object{{ID: "00", Value: "01"}}, p.Objects, []emvco.Object{{ID: "63", Value: text[len(text)-4:]}})
		ascii := !strings.ContainsFunc(text, func(r rune) bool { return r > '~' })
		if diff := cmp.Diff(frame, ours("", others[i].Objects)); diff != "" || others[i].Intact != ascii {
			t.Errorf("%s: intact is %v, (-want +got):\n%s", text, others[i].Intact, diff)
		}
		// The one that writes takes cards' numbers for templates, and loses the percentage.
		whole := p.Value("02") == "" && p.Value("57") == ""
		if whole && others[i].Written != text {
			t.Errorf("written again:\n%s, want\n%s", others[i].Written, text)
		}
	}
}

// ours are the objects of another implementation, templates where we have them.
func ours(level string, list []toldObject) (objects []emvco.Object) {
	for _, o := range list {
		mine := emvco.Object{ID: o.ID, Value: o.Value}
		if id := o.ID; level == "" && (id >= "26" && id <= "51" || id == "62" || id == "64" || id >= "80") {
			mine = emvco.Object{ID: id, Objects: ours(id, o.Objects)}
		}
		objects = append(objects, mine)
	}
	return objects
}

// payloadsForOthers are in the order of IDs, which steplix-emv-qrcps writes in.
func payloadsForOthers(t *testing.T) (texts []string) {
	t.Helper()
	texts = []string{pix}
	base := []emvco.Object{
		{ID: "26", Objects: []emvco.Object{{ID: "00", Value: "example.wallet"}, {ID: "01", Value: "teahouse"}}},
		{ID: "52", Value: "5812"}, {ID: "53", Value: "156"}, {ID: "58", Value: "CN"}, {ID: "59", Value: "TEA HOUSE"}, {ID: "60", Value: "BEIJING"},
	}
	for _, more := range [][]emvco.Object{
		{},
		{{ID: "01", Value: "12"}, {ID: "54", Value: "25.00"}},
		{{ID: "02", Value: "4000000000000002"}, {ID: "15", Value: "3721000000000001"}},
		{{ID: "55", Value: "02"}, {ID: "56", Value: "1.50"}, {ID: "61", Value: "100000"}},
		{{ID: "55", Value: "03"}, {ID: "57", Value: "12.5"}},
		{{ID: "62", Objects: []emvco.Object{{ID: "01", Value: "bill 1"}, {ID: "05", Value: "***"}, {ID: "09", Value: "AME"}}}},
		{{ID: "64", Objects: []emvco.Object{{ID: "00", Value: "ZH"}, {ID: "01", Value: "茶馆"}, {ID: "02", Value: "北京"}}}},
		{{ID: "80", Objects: []emvco.Object{{ID: "00", Value: "example.points"}, {ID: "01", Value: "7"}}}},
	} {
		p := emvco.Payload{Objects: slices.Concat(base, more)}
		slices.SortFunc(p.Objects, func(a, b emvco.Object) int { return strings.Compare(a.ID, b.ID) })
		text, err := p.Text()
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}
