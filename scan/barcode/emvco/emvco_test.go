package emvco_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/scan/barcode/emvco"
)

// The specification's own example, object by object.
func TestTheExampleOfTheSpecification(t *testing.T) {
	got, err := emvco.Parse(emvcoExample)
	want := emvco.Payload{Objects: []emvco.Object{
		{ID: "01", Value: "12"},
		{ID: "29", Objects: []emvco.Object{{ID: "00", Value: "D15600000000"}, {ID: "05", Value: "A93FO3230Q"}}},
		{ID: "31", Objects: []emvco.Object{{ID: "00", Value: "D15600000001"}, {ID: "03", Value: "12345678"}}},
		{ID: "52", Value: "4111"}, {ID: "58", Value: "CN"}, {ID: "59", Value: "BEST TRANSPORT"}, {ID: "60", Value: "BEIJING"},
		{ID: "64", Objects: []emvco.Object{{ID: "00", Value: "ZH"}, {ID: "01", Value: "最佳运输"}, {ID: "02", Value: "北京"}}},
		{ID: "54", Value: "23.72"}, {ID: "53", Value: "156"}, {ID: "55", Value: "01"},
		{ID: "62", Objects: []emvco.Object{{ID: "03", Value: "1234"}, {ID: "06", Value: "***"}, {ID: "07", Value: "A6008667"}, {ID: "09", Value: "ME"}}},
		{ID: "91", Objects: []emvco.Object{{ID: "00", Value: "A011223344998877"}, {ID: "07", Value: "12345678"}}},
	}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatalf("%v (-want +got):\n%s", err, diff)
	}
	if !got.Dynamic() || got.Value("64.01") != "最佳运输" || got.Value("62.05") != "" || got.Value("62") != "" || got.Value("") != "" {
		t.Errorf("values of %v", got)
	}
}

// What others published is taken, and written again as it was.
func TestPublishedPayloadsAreWrittenAsTheyWere(t *testing.T) {
	for name, text := range published() {
		p, err := emvco.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again, err := p.Text(); err != nil || again != text {
			t.Errorf("%s:\n%s, %v; want\n%s", name, again, err, text)
		}
	}
}

// Schemes that leave out what is mandatory are named, and what is wrong is told.
func TestWhatBreaksTheRulesIsStillRead(t *testing.T) {
	for text, want := range map[string]string{
		promptPay:                 "emvco: 52 at 66: is missing; 59 at 66: is missing; 60 at 66: is missing",
		longCity:                  `emvco: 60 at 55: is "Banteay Meanchey", of 16 characters: at most 15`,
		longBill:                  `emvco: 62.01 at 107: is "Payment reference XX12345678", of 28 characters: at most 25`,
		pix[:len(pix)-4] + "1d3d": `emvco: 63 at 129: is "1d3d": want upper case`,
	} {
		p, err := emvco.Parse(text)
		if _, ok := errors.AsType[*emvco.RulesError](err); !ok || err.Error() != want {
			t.Errorf("%v; want a *RulesError, %s", err, want)
		}
		if len(p.Accounts()) != 1 || p.Value("58") == "" {
			t.Errorf("%s: the payload is %v", text, p)
		}
	}
}

// Every byte that is another makes a payload another, and no burst of 16 bits
// passes the checksum.
func TestNoChangedCharacterPasses(t *testing.T) {
	for name, text := range published() {
		for i := range len(text) {
			for _, c := range []byte("05A*") {
				if text[i] == c {
					continue
				}
				p, err := emvco.Parse(text[:i] + string(c) + text[i+1:])
				if err == nil || len(p.Objects) > 0 {
					t.Fatalf("%s: with %q at %d: %v, %v", name, c, i, p, err)
				}
			}
		}
		for i := range len(text) {
			if p, err := emvco.Parse(text[:i]); err == nil || len(p.Objects) > 0 {
				t.Fatalf("%s: cut at %d: %v, %v", name, i, p, err)
			}
		}
	}
}

// The IDs that the specification gives to card networks.
func TestCardNetworks(t *testing.T) {
	got := map[string]string{}
	for n := range 25 {
		id := fmt.Sprintf("%02d", n+1)
		for _, a := range (emvco.Payload{Objects: []emvco.Object{{ID: id, Value: "1"}}}).Accounts() {
			got[a.ID] = a.Scheme
		}
	}
	want := map[string]string{"02": "Visa", "03": "Visa", "04": "Mastercard", "05": "Mastercard", "09": "Discover", "10": "Discover",
		"11": "American Express", "12": "American Express", "13": "JCB", "14": "JCB", "15": "UnionPay", "16": "UnionPay"}
	for _, id := range strings.Fields("06 07 08 17 18 19 20 21 22 23 24 25") {
		want[id] = ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAWrongChecksumIsAnErrorOfItsOwn(t *testing.T) {
	_, err := emvco.Parse(strings.Replace(pix, "Fulano", "Fulana", 1))
	wrong, ok := errors.AsType[*emvco.ChecksumError](err)
	if !ok || wrong.Stated != "1D3D" || wrong.Computed == "1D3D" || wrong.Offset != len(pix)-8 {
		t.Errorf("%v, want a *ChecksumError", err)
	}
}

// signed is a text with the checksum that it should have, by an implementation
// that has nothing of the package's: a polynomial division bit by bit.
func signed(body string) string {
	body += "6304"
	bits := []byte{}
	for i := range len(body) {
		for b := 7; b >= 0; b-- {
			bits = append(bits, body[i]>>b&1)
		}
	}
	bits = append(bits, make([]byte, 16)...)
	for i := range 16 {
		bits[i] ^= 1 // begun at FFFF
	}
	divisor := []byte{1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1} // x^16 + x^12 + x^5 + 1
	for i := range len(bits) - 16 {
		if bits[i] == 1 {
			for j, d := range divisor {
				bits[i+j] ^= d
			}
		}
	}
	const hex = "0123456789ABCDEF"
	for i := len(bits) - 16; i < len(bits); i += 4 {
		body += string(hex[bits[i]<<3|bits[i+1]<<2|bits[i+2]<<1|bits[i+3]])
	}
	return body
}
