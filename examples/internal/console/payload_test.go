package console

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/barcode/emvco"
)

// What a payload says is told to people and to programs, and never obeyed.
func TestAPayloadIsTold(t *testing.T) {
	said := emvco.Payload{Objects: []emvco.Object{
		{ID: "06", Value: "6100590000000089"}, {ID: "26", Objects: []emvco.Object{{ID: "00", Value: "br.gov.bcb.pix"}}},
		{ID: "53", Value: "986"}, {ID: "54", Value: "7.5"}, {ID: "59", Value: "TEA\x1b[2J"}, {ID: "60", Value: "RIO"},
	}}
	unknown := emvco.Payload{Objects: []emvco.Object{{ID: "53", Value: "999"}, {ID: "54", Value: "7.5"}}}
	for _, c := range []struct {
		error *scan.PayloadError
		line  string
		json  Payload
	}{
		{&scan.PayloadError{Text: "a\x1b", Payload: said}, "payload   TEA\uFFFD[2J, RIO  7.50 BRL  to an account of a scheme unnamed (06), br.gov.bcb.pix (26)\n",
			Payload{Merchant: "TEA\uFFFD[2J", City: "RIO", Amount: "7.5", Currency: "986", Text: "a\uFFFD", Accounts: []Account{{"06", ""}, {"26", "br.gov.bcb.pix"}}}},
		{&scan.PayloadError{Text: "b", Payload: unknown, Err: &emvco.RulesError{}}, "payload   no name, no city  7.5 of currency 999\n",
			Payload{Amount: "7.5", Currency: "999", Text: "b", Problem: "emvco: "}},
		{&scan.PayloadError{Text: "c", Err: &emvco.ChecksumError{}}, "payload   damaged: nothing of it can be trusted\n",
			Payload{Text: "c", Problem: (&emvco.ChecksumError{}).Error()}},
	} {
		var people, programs strings.Builder
		(&Printer{Out: &people}).Payload(c.error)
		if diff := cmp.Diff(c.line, people.String()); diff != "" {
			t.Errorf("people (-want +got):\n%s", diff)
		}
		(&Printer{Out: &programs, JSON: true}).Payload(c.error)
		var got Line
		if err := json.Unmarshal([]byte(programs.String()), &got); err != nil || got.Payload == nil {
			t.Fatalf("%s: %v", programs.String(), err)
		}
		if diff := cmp.Diff(c.json, *got.Payload); diff != "" {
			t.Errorf("programs (-want +got):\n%s", diff)
		}
	}
}
