package webhook_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway/webhook"
	"github.com/anyscan/anyscan/order"
)

// Tries come at once and after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h,
// each up to a tenth later, and then no more.
func TestScheduleIsThatOfStandardWebhooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &merchant{answer: always(500)}
		l := newLab(t, openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Transport: m})
		k := l.endpoint("north", "https://merchant.example/")
		start := time.Now()
		l.owe("north")
		time.Sleep(90 * time.Hour)
		waits := []time.Duration{0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
			10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}
		tries := l.deliveries("north")[0].Tries
		if len(tries) != len(waits) {
			t.Fatalf("%d tries, want %d", len(tries), len(waits))
		}
		for i, at := 0, start; i < len(tries); i++ {
			if waited := tries[i].At.Sub(at); waited < waits[i] || waited > waits[i]+waits[i]/10+time.Second {
				t.Errorf("try %d came after %v, want %v to a tenth more", i+1, waited, waits[i])
			}
			at = tries[i].At
		}
		want := order.Delivery{State: order.DeliveryFailed, Reason: order.FailedExhausted}
		got := l.deliveries("north")[0]
		if diff := cmp.Diff(want, order.Delivery{State: got.State, Reason: got.Reason, Next: got.Next}); diff != "" {
			t.Errorf("the delivery (-want +got):\n%s", diff)
		}
		e, err := l.For("north", nil).Endpoint(t.Context(), k.Endpoint.ID)
		if err != nil || e.Reason != order.DisabledFailing || !e.Disabled.Equal(tries[9].At) {
			t.Errorf("the endpoint is disabled since %v, %q: %v", e.Disabled, e.Reason, err)
		}
		if diff := cmp.Diff([]string{"acquirer:north created https://merchant.example/", "endpoint disabled failing, by delivery " + string(got.ID)},
			l.audited(k.Endpoint.ID)); diff != "" {
			t.Errorf("the audit (-want +got):\n%s", diff)
		}
	})
}

// One event that an endpoint never takes does not disable it while it takes
// others.
func TestEndpointThatTakesOthersStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &merchant{}
		m.answer = func(n int) (int, http.Header) {
			if m.id(n) == m.id(1) {
				return 500, nil
			}
			return 200, nil
		}
		l := newLab(t, openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Transport: m})
		k := l.endpoint("north", "https://merchant.example/")
		l.owe("north")
		time.Sleep(time.Hour)
		l.owe("north")
		time.Sleep(90 * time.Hour)
		all := l.deliveries("north")
		if all[0].State != order.DeliveryDelivered || all[1].Reason != order.FailedExhausted {
			t.Errorf("the deliveries are %s, %s", all[0].State, all[1].Reason)
		}
		e, err := l.For("north", nil).Endpoint(t.Context(), k.Endpoint.ID)
		if err != nil || !e.Disabled.IsZero() {
			t.Errorf("the endpoint is disabled: %v, %v", e, err)
		}
	})
}

// Retry-After, and what an overload is without it, move the next try and hold
// other deliveries to the endpoint back; a time-out does so too.
func TestOverloadSparesAnEndpoint(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		after  string
		want   time.Duration // until the next try
	}{
		"429 asks for an hour":      {429, "3600", time.Hour},
		"503 asks for less":         {503, "2", 5 * time.Second},
		"502 says nothing":          {502, "", 5 * time.Second},
		"504 asks for a week":       {504, "604800", 24 * time.Hour},
		"503 asks by date":          {503, "date", 10 * time.Minute},
		"429 asks for what is past": {429, "Mon, 01 Jan 1990 00:00:00 GMT", 5 * time.Second},
		"429 asks nonsense":         {429, "-5", 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				m := &merchant{answer: func(n int) (int, http.Header) {
					if n > 1 {
						return 200, nil
					}
					if c.after == "date" {
						return c.status, http.Header{"Retry-After": {start.Add(10 * time.Minute).UTC().Format(http.TimeFormat)}}
					}
					return c.status, http.Header{"Retry-After": {c.after}}
				}}
				l := newLab(t, openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Transport: m})
				l.endpoint("north", "https://merchant.example/")
				l.owe("north")
				time.Sleep(time.Millisecond) // deliveries sort by the millisecond
				l.owe("north")
				time.Sleep(c.want + c.want/4 + time.Minute)
				for i, d := range l.deliveries("north") {
					last := d.Tries[len(d.Tries)-1]
					if waited := last.At.Sub(start); d.State != order.DeliveryDelivered || waited < c.want || waited > c.want+c.want/5+time.Second {
						t.Errorf("delivery %d is %s after %v, want %v", i, d.State, waited, c.want)
					}
				}
				if m.count() != 3 || l.deliveries("north")[1].Tries[0].Error != order.TryThrottled {
					t.Errorf("%d requests, the first: %v", m.count(), l.deliveries("north")[1].Tries[0])
				}
			})
		})
	}
}

// A try ends after its time-out, and one that waits when the program stops is
// made again as if it had not been.
func TestTriesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &merchant{hold: make(chan struct{})}
		s, k := openStore(t), webhook.Keys{1: newSecret()}
		l := newLab(t, s, k, webhook.Options{Transport: m, Timeout: 15 * time.Second})
		l.endpoint("north", "https://merchant.example/")
		l.owe("north")
		time.Sleep(16 * time.Second)
		try := l.deliveries("north")[0].Tries[0]
		if try.Error != order.TryTimeout || try.Duration != 15000 || try.Status != 0 {
			t.Errorf("the try is %+v", try)
		}
		time.Sleep(5 * time.Second) // the next try is on its way
		if m.count() != 2 {
			t.Fatalf("%d requests", m.count())
		}
		l.stop()
		if n := len(l.deliveries("north")[0].Tries); n != 1 {
			t.Errorf("%d tries are noted, want the one that ended by itself", n)
		}
		close(m.hold)
		again := newLab(t, s, k, webhook.Options{Transport: m})
		time.Sleep(time.Minute)
		if d := again.deliveries("north")[0]; d.State != order.DeliveryDelivered || len(d.Tries) != 2 {
			t.Errorf("after the restart it is %+v", d)
		}
	})
}

// An owner whose endpoints hang does not hold up another's.
func TestOwnersShareTheSenders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hanging, quick merchant
		hanging.hold = make(chan struct{})
		l := newLab(t, openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Transport: byHost{"slow.example": &hanging, "quick.example": &quick}})
		for i := range 20 {
			l.endpoint("slow", fmt.Sprintf("https://slow.example/%d", i))
		}
		l.endpoint("quick", "https://quick.example/")
		for range 5 {
			l.owe("slow")
		}
		synctest.Wait()
		if hanging.count() != 8 {
			t.Errorf("%d requests hang, want 8", hanging.count())
		}
		start := time.Now()
		l.owe("quick")
		synctest.Wait()
		if quick.count() != 1 || time.Since(start) != 0 {
			t.Errorf("%d quick requests, after %v", quick.count(), time.Since(start))
		}
		close(hanging.hold)
		time.Sleep(10 * time.Minute)
		for _, d := range l.deliveries("slow") {
			if d.State != order.DeliveryDelivered {
				t.Fatalf("a delivery is %s", d.State)
			}
		}
	})
}

// byHost are the merchants of several hosts.
type byHost map[string]*merchant

func (b byHost) RoundTrip(r *http.Request) (*http.Response, error) { return b[r.URL.Host].RoundTrip(r) }
