package sandbox

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/order"
)

func (l *lab) refund(a component.Attempt, id string, amount int64) (component.RefundEvidence, error) {
	return l.component.Refund(l.Context(), a, component.Refund{ID: id, Amount: order.Money{Amount: amount, Currency: a.Amount.Currency}})
}

func TestRefundsOutliveTheCompany(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	o := &ProviderOptions{Ledger: filepath.Join(t.TempDir(), "ledger"), Refund: time.Minute, Now: func() time.Time { return now }}
	l := newQuietLab(t, o)
	l.component.options.Now = o.Now
	a := l.attempt()
	a.Expires = now.Add(time.Hour)
	a, action := l.begin(a)
	if _, err := l.press(action, wallet.Approve); err != nil {
		t.Fatal(err)
	}
	e, err := l.refund(a, "r1", 1000)
	if err != nil || e.Outcome != component.OutcomePending || e.Reference == "" {
		t.Fatalf("a refund that takes a minute is %+v, %v", e, err)
	}
	before := l.provider.Refunds()
	if err := l.provider.Close(); err != nil {
		t.Fatal(err)
	}
	l.provider = l.company(o)
	if diff := cmp.Diff(before, l.provider.Refunds()); diff != "" || len(before) != 1 {
		t.Errorf("%d refunds (-before +after):\n%s", len(before), diff)
	}
	now = now.Add(time.Minute)
	e, err = l.refund(a, "r1", 1000)
	want := component.RefundEvidence{Outcome: component.OutcomeSucceeded, Refund: "r1", Reference: before[0].Reference,
		Amount: order.Money{Amount: 1000, Currency: "CNY"}, At: now}
	if diff := cmp.Diff(want, e); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if e, err := l.refund(a, "r2", 231); err != nil || e.Outcome != component.OutcomeFailed || e.Reason != reasonExceeds {
		t.Errorf("more than is left: %+v, %v", e, err)
	}
	if e, err := l.refund(a, "r1", 1); !errors.Is(err, order.CodeConflict) {
		t.Errorf("another amount under the same number: %+v, %v", e, err)
	}
}

func TestWhatIsNotPaidIsNotRefunded(t *testing.T) {
	l := newLab(t, nil)
	if e, err := l.refund(l.decided(wallet.Decline), "r1", 1); err != nil || e.Outcome != component.OutcomeFailed || e.Reason != reasonNotPaid {
		t.Errorf("a declined payment: %+v, %v", e, err)
	}
	for _, button := range []wallet.Decision{wallet.Slow, wallet.Unknown} {
		if e, err := l.refund(l.decided(button), "r2", 1); !errors.Is(err, order.CodeUnavailable) {
			t.Errorf("after %s: %+v, %v; want that it is not known", button, e, err)
		}
	}
	a := l.decided(wallet.Approve)
	for _, bad := range []component.Refund{
		{ID: "", Amount: a.Amount}, {ID: "R", Amount: a.Amount}, {ID: "r3", Amount: order.Money{Amount: -1, Currency: "CNY"}},
		{ID: "r4", Amount: a.Amount, Reason: "two\nlines"},
	} {
		if e, err := l.component.Refund(t.Context(), a, bad); !errors.Is(err, order.CodeInvalid) {
			t.Errorf("%+v: %+v, %v", bad, e, err)
		}
	}
	if e, err := l.component.Refund(t.Context(), a, component.Refund{ID: "r5", Amount: order.Money{Amount: 1, Currency: "JPY"}}); err != nil || e.Reason != reasonExceeds {
		t.Errorf("another currency: %+v, %v", e, err)
	}
	if n := len(l.provider.Refunds()); n != 0 {
		t.Errorf("%d refunds were made", n)
	}
}
