package sandbox

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component/sandbox/wallet"
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
		until := time.Now()
		l.decided(wallet.Approve)

		at := from.UTC()
		want := []reconcile.Entry{{Kind: reconcile.Payment, Attempt: lost.ID, Reference: lost.Reference, State: reconcile.StatePaid,
			Booked: at, Moved: at, Currency: "CNY", Gross: 1230}}
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
