package scantest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/verify"
)

func merchantChecks() []check {
	return []check{
		{"direct page", "The confirmation names merchant, page revision and total, under a key.", directPage},
		{"entered amount", "Where the page has no total the payer's amount is confirmed.", enteredAmount},
		{"no amount entered", "Nothing is confirmed without a valid amount.", noAmount},
		{"shop", "In a shop the payer selects goods and confirms the order information page.", shopPage},
		{"shop with another price", "The order information page is about the chosen goods at the displayed prices.", shopOtherPrice},
		{"shop with a wrong total", "The total of the order information page is the sum of its lines.", shopWrongTotal},
		{"payer refuses", "A payer who does not agree to the page makes no order.", payerRefuses},
		{"code of another merchant", "A code signed for one merchant does not pay another.", otherMerchantsCode},
		{"canceled at each step", "When the context ends nothing further is asked of anybody.", canceledAtEachStep},
	}
}

func directPage(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.mustPay(t, terminal())
	b.wantConfirmed(t, order.Confirmation{Merchant: "teahouse", Revision: "r1", Total: yuan(500)})
}

func enteredAmount(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.first.page.Total, b.host.answer.Amount = order.Money{}, yuan(1234)
	b.mustPay(t, terminal())
	b.wantConfirmed(t, order.Confirmation{Merchant: "teahouse", Revision: "r1", Total: yuan(1234)})
}

func noAmount(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.first.page.Total = order.Money{}
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepConfirm, "confirm")
}

func shopPage(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.shop()
	b.mustPay(t, terminal())
	b.wantConfirmed(t, order.Confirmation{Merchant: "teahouse", Revision: "r1", Total: yuan(500), Choices: b.host.answer.Choices})
	want := []string{"page", "host page shop", "review", "host page review", "confirm"}
	if diff := cmp.Diff(want, b.log.all()[:5]); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func shopOtherPrice(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.shop()
	b.first.review.Lines[0].Price, b.first.review.Total = yuan(300), yuan(600)
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepSelect, "host page review", "confirm")
}

func shopWrongTotal(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.shop()
	b.first.review.Total = yuan(5000)
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepSelect, "host page review", "confirm")
}

func payerRefuses(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.host.refuse = true
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepConfirm, "confirm")
	if !errors.Is(err, scan.ErrCanceled) {
		t.Errorf("err = %v, want ErrCanceled", err)
	}
}

func otherMerchantsCode(t *testing.T, b *bench, terminal func() scan.Terminal) {
	b.Codes = boundTo{b.Codes, "bookshop"}
	_, err := b.pay(t, terminal())
	b.wantStop(t, err, scan.StepPage, "host page direct", "confirm")
}

// shop turns the merchant into a shop where the payer takes two oolong.
func (b *bench) shop() {
	b.first.display()
	b.host.answer.Choices = []order.Choice{{Item: "oolong", Quantity: 2}}
}

func (b *bench) wantConfirmed(t *testing.T, want order.Confirmation) {
	t.Helper()
	if b.first.confirmed.Key == "" {
		t.Error("the confirmation has no key")
	}
	if diff := cmp.Diff(want, b.first.confirmed, cmpopts.IgnoreFields(order.Confirmation{}, "Key")); diff != "" {
		t.Errorf("confirmation (-want +got):\n%s", diff)
	}
}

// boundTo makes every code one of a certain merchant's.
type boundTo struct {
	verify.Verifier
	merchant string
}

func (v boundTo) Verify(ctx context.Context, raw string) (verify.Verdict, error) {
	verdict, err := v.Verifier.Verify(ctx, raw)
	for i := range verdict.Matches {
		verdict.Matches[i].Merchant = verify.MerchantOf(v.merchant)
	}
	return verdict, err
}

// canceledAtEachStep cancels while each call of a payment is being served.
func canceledAtEachStep(t *testing.T, b *bench, terminal func() scan.Terminal) {
	calls := []string{"page", "host page direct", "confirm", "open", "host choose", "begin blue", "browser redirect", "resume"}
	for i, call := range calls {
		*b = *newBench(t)
		ctx, cancel := context.WithCancel(t.Context())
		b.log.on = map[string]func(){call: cancel}
		terminal := terminal()
		code, err := terminal.Read(ctx, codeAddress)
		if err != nil {
			t.Fatal(err)
		}
		_, err = terminal.Pay(ctx, code)
		if _, ok := errors.AsType[*scan.StepError](err); !ok || !errors.Is(err, context.Canceled) {
			t.Errorf("canceled during %q: err = %v, want a *scan.StepError of context.Canceled", call, err)
		}
		if got := b.log.all(); len(got) != i+1 {
			t.Errorf("canceled during %q: calls went on to %q", call, got)
		}
	}
}
