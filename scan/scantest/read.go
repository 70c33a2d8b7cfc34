package scantest

import (
	"context"
	"image"
	"testing"

	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/barcode"
)

// scanned is what a terminal makes of a picture with codes that say the texts.
func (b *bench) scanned(t *testing.T, terminal func() scan.Terminal, text ...string) (scan.Code, error) {
	b.Options.Scanner = func(context.Context, image.Image) (s []barcode.Symbol, err error) {
		for _, x := range text {
			s = append(s, barcode.Symbol{Format: barcode.QR, Text: x})
		}
		return s, nil
	}
	return terminal().Scan(t.Context(), image.NewGray(image.Rect(0, 0, 1, 1)))
}

func readChecks() []check {
	return []check{
		{"illegal address", "An address that the policy refuses is never opened.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				_, err := terminal().Read(t.Context(), "http://evil.localhost/m/teahouse")
				b.wantStop(t, err, scan.StepVerify, "page")
			}},
		{"unverified code", "Pay takes only a code that was verified.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				_, err := terminal().Pay(t.Context(), scan.Code{})
				b.wantStop(t, err, scan.StepVerify, "page")
			}},
		{"other codes in view", "A code that is not legal does not hide one that is.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				code, err := b.scanned(t, terminal, "WIFI:S:tea;;", codeAddress, codeAddress)
				if err != nil || code.Address() != codeAddress || code.Format() != barcode.QR {
					t.Errorf("code = %q, %v; want %s", code.Address(), err, codeAddress)
				}
			}},
		{"two codes in view", "Between two legal codes the terminal does not guess.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				_, err := b.scanned(t, terminal, codeAddress, Acquirer+"/m/other")
				b.wantStop(t, err, scan.StepVerify, "page")
			}},
		{"no code", "A picture without a code stops at the scan.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				_, err := b.scanned(t, terminal)
				b.wantStop(t, err, scan.StepScan)
			}},
		{"payload of another scheme", "A code that holds another scheme's payload is named, and not opened whatever the policy.", otherScheme},
		{"damaged payload", "A code that begins like a payload and is damaged says so, and why.", damagedPayload},
		{"payload that breaks rules", "A payload that does not keep to its specification is read, and what is wrong is said.", brokenPayload},
		{"payload and address in view", "A legal address beside another scheme's payload is taken.", payloadAndAddress},
		{"payload and illegal address in view", "Beside an address that is not legal a payload is still named.", payloadAndIllegal},
	}
}
