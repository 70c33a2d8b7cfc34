package sandbox

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component/sandbox/wallet"
)

// arrivals are the notifications that come within a day.
func (l *lab) arrivals() (all []arrival) {
	time.Sleep(24 * time.Hour)
	for len(l.gateway.arrived) > 0 {
		all = append(all, <-l.gateway.arrived)
	}
	return all
}

// A notification that is not acknowledged comes again after growing pauses,
// signed anew, until the company gives up.
func TestNotificationIsRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newQuietLab(t, nil)
		l.gateway.answer(http.StatusFound) // a redirect acknowledges nothing
		l.run()
		start := time.Now()
		l.decided(wallet.Approve)
		var after []time.Duration
		for _, n := range l.arrivals() {
			after = append(after, n.at.Sub(start))
			l.component.options.Now = func() time.Time { return n.at }
			if _, err := l.component.Receive(t.Context(), n.Notification); err != nil {
				t.Errorf("after %v: %v", n.at.Sub(start), err)
			}
		}
		want := []time.Duration{0, time.Second, 6 * time.Second, 36 * time.Second, 156 * time.Second, 756 * time.Second}
		if diff := cmp.Diff(want, after); diff != "" {
			t.Errorf("tries (-want +got):\n%s", diff)
		}
	})
}

// From its acknowledgement on, a notification does not come again.
func TestNotificationIsAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newQuietLab(t, nil)
		l.gateway.answer(http.StatusInternalServerError)
		l.run()
		l.decided(wallet.Decline)
		time.Sleep(5 * time.Second) // two tries
		l.gateway.answer(http.StatusOK)
		if n := len(l.arrivals()); n != 3 {
			t.Errorf("%d came, want 2 that were refused and 1", n)
		}
	})
}

// Stopping Run interrupts a notification on its way, which stays owed and is
// sent by the next Run.
func TestRunStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newQuietLab(t, nil)
		l.decided(wallet.Approve)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		network := l.client.Transport
		l.provider.options.Client.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			cancel()
			<-r.Context().Done()
			return nil, errors.New("interrupted")
		})
		l.provider.Run(ctx)
		l.provider.options.Client.Transport = network
		if n := len(l.gateway.arrived); n != 0 {
			t.Fatalf("%d came", n)
		}
		again := time.Now()
		l.run()
		if all := l.arrivals(); len(all) != 1 || !all[0].at.Equal(again) {
			t.Errorf("%d came after %v, want 1 at once", len(all), time.Since(again))
		}
	})
}

// Many notifications are sent side by side, and each just once.
func TestManyNotifications(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newQuietLab(t, nil)
		for range 50 {
			l.decided(wallet.Approve)
		}
		l.run()
		if n := len(l.arrivals()); n != 50 {
			t.Errorf("%d of 50 came", n)
		}
	})
}
