package sandbox

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/reconcile"
)

// A statement has each charge of its merchant and period, and nothing that was
// declined or left open.
func TestStatement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newQuietLab(t, nil)
		start := time.Now()
		l.decided(wallet.Approve)
		time.Sleep(time.Hour)
		from := time.Now()
		l.decided(wallet.Decline)
		l.begin(l.attempt())
		lost := l.decided(wallet.Lost)
		time.Sleep(time.Hour)
		back, err := l.component.Refund(t.Context(), component.Attempt{ID: lost.ID}, component.Refund{ID: "back1", Amount: order.Money{Amount: 30, Currency: "CNY"}})
		if err != nil {
			t.Fatal(err)
		}
		until := time.Now().Add(time.Second)
		time.Sleep(time.Hour)
		l.decided(wallet.Approve)

		at := from.UTC()
		want := []reconcile.Entry{{Kind: reconcile.Payment, Attempt: lost.ID, Reference: lost.Reference, State: reconcile.StatePaid,
			Booked: at, Moved: at, Currency: "CNY", Gross: 1230},
			{Kind: reconcile.Refund, Attempt: lost.ID, Refund: "back1", Reference: back.Reference, State: reconcile.StateRefunded,
				Booked: back.At, Moved: back.At, Currency: "CNY", Gross: -30}}
		var got []reconcile.Entry
		for e, err := range l.provider.Statement("shop", reconcile.Period{From: from, Until: until}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, e)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for range l.provider.Statement("stall", reconcile.Period{From: start, Until: until.Add(time.Hour)}) {
			t.Error("a merchant is told of another's money")
		}
	})
}
