package acquirer_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/verify"
)

// shelf is a catalogue that changes.
type shelf struct {
	merchant acquirer.Merchant
	err      error
}

func (s *shelf) Merchant(context.Context, string) (acquirer.Merchant, error) {
	return s.merchant, s.err
}

func onShelf(t testing.TB, m acquirer.Merchant, o *acquirer.Options) (*acquirer.Server, *shelf) {
	t.Helper()
	c := &shelf{merchant: m}
	s, err := acquirer.New(t.Context(), open(t, t.TempDir()+"/acquirer.db"), &peer{}, c, base, o)
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func TestOnlyItsOwnAddressesLeadToAMerchant(t *testing.T) {
	s := newServer(t, &peer{}, nil)
	for address, want := range map[string]order.Code{
		base + "/m/cafe":                     "",
		base + "/m/cafe?v=signature":         "",
		base + "/m/cafe?table=7&v=signature": "",
		base + "/m/cafe/":                    order.CodeNotFound,
		base + "/m/cafe/orders":              order.CodeNotFound,
		base + "/m/Cafe":                     order.CodeNotFound,
		base + "/m/c%61fe":                   order.CodeNotFound,
		base + "/m/":                         order.CodeNotFound,
		base + "/m":                          order.CodeNotFound,
		base + "//m/cafe":                    order.CodeNotFound,
		base + "/x/../m/cafe":                order.CodeNotFound,
		base + "/orders/cafe":                order.CodeNotFound,
		base + ":8443/m/cafe":                order.CodeNotFound,
		base + ".evil.example/m/cafe":        order.CodeNotFound,
		"https://evil.example/m/cafe":        order.CodeNotFound,
		"http://acquirer.example/m/cafe":     order.CodeNotFound,
		"/m/cafe":                            order.CodeNotFound,
		"":                                   order.CodeNotFound,
		base + "/m/cafe?" + strings.Repeat("x", 2048): order.CodeNotFound,
		base + "/m/" + strings.Repeat("x", 200):       order.CodeNotFound,
	} {
		_, err := s.Page(t.Context(), address)
		wantCode(t, address, err, want)
	}
}

func FuzzOnlyItsOwnAddressesLeadToAMerchant(f *testing.F) {
	for _, seed := range []string{base + "/m/cafe", base + "/m/cafe?v=1", base + "/m/cafe#x", base + "/m/busker/", "https://evil.example/m/cafe"} {
		f.Add(seed)
	}
	s := newServer(f, &peer{}, nil)
	f.Fuzz(func(t *testing.T, address string) {
		p, err := s.Page(t.Context(), address)
		if err != nil {
			wantCode(t, address, err, order.CodeNotFound)
			return
		}
		rest, ok := strings.CutPrefix(address, s.CodeAddress(p.Merchant))
		if !ok || rest != "" && rest[0] != '?' && rest[0] != '#' {
			t.Errorf("%q leads to %s", address, p.Merchant)
		}
	})
}

func TestCodeThatIsNotLegalIsRefused(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	_, key, _ := ed25519.GenerateKey(nil)
	signature, err := verify.NewSignature([]verify.Key{{Public: key.Public()}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := verify.Any([]verify.Method{signature}, &verify.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, &peer{}, &acquirer.Options{Verify: policy})
	sign := func(merchant, owner string) string {
		address, _ := verify.Parse(s.CodeAddress(merchant), nil)
		signed, err := verify.Sign(key, address, verify.Claims{Expires: now.Add(time.Hour), Merchant: owner})
		if err != nil {
			t.Fatal(err)
		}
		return signed.String()
	}
	code := sign("cafe", "cafe")
	page, err := s.Page(t.Context(), code)
	wantCode(t, "the signed code", err, "")
	c := order.Confirmation{Merchant: "cafe", Revision: page.Revision, Total: page.Total, Key: "key-1"}
	jump, err := s.Confirm(t.Context(), code, c)
	wantCode(t, "confirming it", err, "")

	_, err = s.Page(t.Context(), sign("cafe", "busker"))
	wantCode(t, "a code signed for another merchant", err, order.CodeRefused)
	wantRefused(t, s, s.CodeAddress("cafe"), c, "carries no signature")
	wantRefused(t, s, code+"x", c, "signature")
	now = now.Add(2 * time.Hour)
	wantRefused(t, s, code, c, "the code has expired; ask for a new one")

	again, err := s.Confirm(t.Context(), code, c)
	wantCode(t, "the same confirmation after the code's time", err, "")
	wantSame(t, "its jump", again, jump)
}

// wantRefused holds Page, Review and Confirm to refusing the code.
func wantRefused(t *testing.T, s *acquirer.Server, address string, c order.Confirmation, why string) {
	t.Helper()
	c.Key = "another"
	_, page := s.Page(t.Context(), address)
	_, review := s.Review(t.Context(), address, []order.Choice{{Item: "pot", Quantity: 1}})
	_, confirm := s.Confirm(t.Context(), address, c)
	for what, err := range map[string]error{"Page": page, "Review": review, "Confirm": confirm} {
		e, ok := errors.AsType[*order.Error](err)
		if !ok || e.Code != order.CodeRefused || !strings.Contains(e.Detail, why) {
			t.Errorf("%s of %s: %v, want refused because %s", what, address, err, why)
		}
	}
}

func TestVerifierThatCannotDecideRefuses(t *testing.T) {
	s := newServer(t, &peer{}, &acquirer.Options{Verify: verifier(func(context.Context, string) (verify.Verdict, error) {
		return verify.Verdict{}, errors.New("the revocation list at 10.0.0.7 does not answer")
	})})
	_, err := s.Page(t.Context(), s.CodeAddress("cafe"))
	wantCode(t, "Page", err, order.CodeRefused)
	if e, _ := errors.AsType[*order.Error](err); e != nil && strings.Contains(e.Detail, "10.0.0.7") {
		t.Errorf("the detail %q tells the cause", e.Detail)
	}
}

type verifier func(context.Context, string) (verify.Verdict, error)

func (v verifier) Verify(ctx context.Context, raw string) (verify.Verdict, error) { return v(ctx, raw) }

func TestCatalogueThatFailsIsNotAMissingMerchant(t *testing.T) {
	s, c := onShelf(t, merchants()[0], nil)
	for what, fault := range map[string]struct {
		merchant acquirer.Merchant
		err      error
		want     order.Code
	}{
		"unreachable":      {acquirer.Merchant{}, errors.New("the database is away"), order.CodeUnavailable},
		"unknown":          {acquirer.Merchant{}, order.Errorf(order.CodeNotFound, "", "none"), order.CodeNotFound},
		"another merchant": {merchants()[1], nil, order.CodeInternal},
		"not valid":        {acquirer.Merchant{ID: "cafe"}, nil, order.CodeInternal},
	} {
		c.merchant, c.err = fault.merchant, fault.err
		_, err := s.Page(t.Context(), s.CodeAddress("cafe"))
		wantCode(t, what, err, fault.want)
	}
}
