package scantest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/barcode/emvco"
	"github.com/anyscan/anyscan/verify"
)

// payload is a tea house's code of another scheme, for 25.00 CNY.
func payload(t *testing.T) string {
	t.Helper()
	text, err := emvco.Payload{Objects: []emvco.Object{
		{ID: "01", Value: "12"},
		{ID: "26", Objects: []emvco.Object{{ID: "00", Value: "example.wallet"}, {ID: "01", Value: "teahouse"}}},
		{ID: "52", Value: "5812"}, {ID: "53", Value: "156"}, {ID: "54", Value: "25.00"},
		{ID: "58", Value: "CN"}, {ID: "59", Value: "TEA HOUSE"}, {ID: "60", Value: "BEIJING"},
	}}.Text()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// wantPayload wants the error to name the payload, and nothing reached.
func (b *bench) wantPayload(t *testing.T, err error, text string) *scan.PayloadError {
	t.Helper()
	b.wantStop(t, err, scan.StepVerify)
	named, ok := errors.AsType[*scan.PayloadError](err)
	if !ok {
		t.Fatalf("err = %v, want a *scan.PayloadError", err)
	}
	if named.Text != text {
		t.Errorf("text = %q, want %q", named.Text, text)
	}
	if calls := b.log.all(); len(calls) > 0 {
		t.Errorf("%q were reached", calls)
	}
	return named
}

// obliging finds everything legal.
type obliging struct{ verify.Verifier }

func (v obliging) Verify(ctx context.Context, _ string) (verify.Verdict, error) {
	return v.Verifier.Verify(ctx, codeAddress)
}

func otherScheme(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.Codes = obliging{b.Codes}
	text := payload(t)
	_, scanned := b.scanned(t, terminal, text)
	_, read := terminal().Read(t.Context(), text)
	for _, err := range []error{scanned, read} {
		p := b.wantPayload(t, err, text)
		if p.Err != nil || p.Payload.Value("59") != "TEA HOUSE" || p.Payload.Value("26.01") != "teahouse" || p.Payload.Value("54") != "25.00" {
			t.Errorf("payload = %v, %v", p.Payload, p.Err)
		}
		if !strings.Contains(err.Error(), "EMVCo") || !strings.Contains(err.Error(), "TEA HOUSE") {
			t.Errorf("err = %v, want it to say what the code is", err)
		}
	}
}

func damagedPayload(t *testing.T, b *bench, terminal func() scan.Terminal) {
	text := strings.Replace(payload(t), "25.00", "95.00", 1)
	_, err := b.scanned(t, terminal, text)
	p := b.wantPayload(t, err, text)
	if _, ok := errors.AsType[*emvco.ChecksumError](err); !ok || len(p.Payload.Objects) > 0 {
		t.Errorf("%v with %v, want a *emvco.ChecksumError and nothing read", err, p.Payload)
	}
	text = text[:40]
	_, err = b.scanned(t, terminal, text)
	p = b.wantPayload(t, err, text)
	if _, ok := errors.AsType[*emvco.SyntaxError](err); !ok || len(p.Payload.Objects) > 0 {
		t.Errorf("%v with %v, want a *emvco.SyntaxError and nothing read", err, p.Payload)
	}
}

// brokenPayload is a PromptPay code, which says no merchant's name.
func brokenPayload(t *testing.T, b *bench, terminal func() scan.Terminal) {
	const text = "00020101021129370016A000000677010111011300668999999995802TH53037646304FE29"
	_, err := terminal().Read(t.Context(), text)
	p := b.wantPayload(t, err, text)
	if _, ok := errors.AsType[*emvco.RulesError](err); !ok || p.Payload.Value("29.01") != "0066899999999" {
		t.Errorf("%v with %v, want a *emvco.RulesError and what was read", err, p.Payload)
	}
}

func payloadAndAddress(t *testing.T, b *bench, terminal func() scan.Terminal) {
	for _, texts := range [][]string{{payload(t), codeAddress}, {codeAddress, payload(t)}, {codeAddress, payload(t)[:30]}} {
		if code, err := b.scanned(t, terminal, texts...); err != nil || code.Address() != codeAddress {
			t.Errorf("%q: code = %q, %v; want %s", texts, code.Address(), err, codeAddress)
		}
	}
}

func payloadAndIllegal(t *testing.T, b *bench, terminal func() scan.Terminal) {
	text := payload(t)
	_, err := b.scanned(t, terminal, "http://evil.localhost/m/teahouse", text)
	b.wantPayload(t, err, text)
}
