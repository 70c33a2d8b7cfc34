package examples_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/scan"
)

// merchant is a third party's server, which ships the goods of each webhook once:
// it knows again, by the webhook-id, what it was told before.
type merchant struct {
	t        *testing.T
	verifier *standard.Webhook

	mu      sync.Mutex
	told    map[string]bool             // by webhook-id
	shipped map[order.ID][]order.Status // by order
}

// openMerchant has the acquirer make an endpoint for a merchant that serves in the
// network until the test ends.
func openMerchant(t *testing.T, network *wire.Network, s *local.System) *merchant {
	t.Helper()
	desk, err := s.Desk()
	if err != nil {
		t.Fatal(err)
	}
	made, err := untilAnswered(t.Context(), func() (order.EndpointKeys, error) {
		return desk.CreateEndpoint(t.Context(), order.EndpointRequest{Address: "http://merchant.localhost/webhooks", Merchant: "cafe", Key: "endpoint"})
	})
	if err != nil {
		t.Fatal(err)
	}
	m := &merchant{t: t, told: map[string]bool{}, shipped: map[order.ID][]order.Status{}}
	if m.verifier, err = standard.NewWebhook(string(made.Secret)); err != nil {
		t.Fatal(err)
	}
	l, err := network.Listen("merchant.localhost:80")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- orderhttp.Serve(ctx, l, orderhttp.Server(m, nil), time.Second) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("the merchant: %v", err)
		}
	})
	return m
}

// thanks is longer than what is cut off an answer's body.
const thanks = 1024

func (m *merchant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err == nil {
		err = m.verifier.Verify(body, r.Header)
	}
	var event order.Event
	if err == nil {
		err = json.Unmarshal(body, &event)
	}
	if err != nil {
		m.t.Errorf("a webhook is not what it should be: %v", err)
		http.Error(w, "not verified", http.StatusUnauthorized)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if id := r.Header.Get(standard.HeaderWebhookID); !m.told[id] {
		m.told[id] = true
		m.shipped[event.Data.Order.ID] = append(m.shipped[event.Data.Order.ID], event.Data)
	}
	io.WriteString(w, strings.Repeat("thanks, ", thanks/8))
}

// shippedFor is what it was told, by order.
func (m *merchant) shippedFor() map[order.ID][]order.Status {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.shipped)
}

// tried is a message to the merchant: when it was sent and what happened to it.
type tried struct {
	at    time.Time
	fault wire.Fault
}

// listed is how the gateway is to list a try; patience is how long it waits for
// an answer.
func (m tried) listed() order.DeliveryTry {
	const patience = 20 * time.Second
	try := order.DeliveryTry{At: m.at.UTC().Truncate(time.Microsecond), Duration: min(m.fault.Delay, patience).Milliseconds()}
	switch {
	case m.fault.Delay > patience:
		try.Error = order.TryTimeout
	case m.fault.CutRequest || m.fault.CutAnswer && m.fault.Keep < 100: // of its head
		try.Error = order.TryBroken
	default: // the head arrived whole, and says all
		try.Status = http.StatusOK
	}
	return try
}

// checkMerchant waits until the webhooks of all orders so far are delivered or
// given up. The merchant has to have learned of each order once, as it is at the
// gateway, whatever happened on the way; and the gateway lists every message to the
// merchant as a try, as it went: no more, no fewer.
func (d *disturbed) checkMerchant(name string, result scan.Result) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), 200*time.Hour) // of the bubble, beyond the schedule's end
	defer cancel()
	went, err := d.settle(ctx)
	if err != nil {
		d.t.Errorf("%s: %v", name, err)
		return
	}
	want := map[order.ID][]order.Status{}
	var listed []order.DeliveryTry
	for _, one := range d.deliveries {
		want[one.Order] = append(want[one.Order], d.orders[one.Order])
		if one.State != order.DeliveryDelivered {
			d.t.Errorf("%s: the webhook of order %s is %s %s", name, one.Order, one.State, one.Reason)
		}
		for i, try := range one.Tries {
			if try.Number != int64(i+1) {
				d.t.Errorf("%s: try %d of %s has the number %d", name, i+1, one.ID, try.Number)
			}
			try.Number = 0
			listed = append(listed, try)
		}
	}
	inTime := cmpopts.SortSlices(func(a, b order.DeliveryTry) bool { return a.At.Before(b.At) })
	if diff := cmp.Diff(went, listed, inTime); diff != "" {
		d.t.Errorf("%s: the tries differ (-as they went +as listed):\n%s", name, diff)
	}
	shipped := d.merchant.shippedFor()
	if diff := cmp.Diff(want, shipped); diff != "" || len(shipped[result.Order.ID]) != 1 {
		d.t.Errorf("%s: what the merchant was told of order %s and others differs (-at the gateway +told):\n%s", name, result.Order.ID, diff)
	}
}

// settle waits until the gateway makes no more tries by itself, and learns of what
// is new: of deliveries, with their orders. went is what happened to the messages to
// the merchant so far.
func (d *disturbed) settle(ctx context.Context) (went []order.DeliveryTry, err error) {
	desk, err := d.Desk()
	if err != nil {
		return nil, err
	}
	for {
		synctest.Wait() // nothing is half done
		went = d.tries()
		page, err := untilAnswered(ctx, func() (order.DeliveryPage, error) { return desk.Deliveries(ctx, order.DeliveryQuery{}) })
		if err != nil {
			return nil, err
		}
		if page.Next != "" {
			return nil, fmt.Errorf("there are more than %d deliveries", len(page.Deliveries))
		}
		var next time.Time
		for _, one := range page.Deliveries {
			if one.State == order.DeliveryPending && one.Next.After(next) {
				next = one.Next
			}
			if one.State == order.DeliveryPending && time.Since(one.Next) > 10*time.Minute { // an endpoint may be spared for 5
				return nil, fmt.Errorf("the webhook of order %s was to be tried again at %v", one.Order, one.Next)
			}
			if err := d.learn(ctx, desk, one); err != nil {
				return nil, err
			}
		}
		if next.IsZero() {
			return went, nil
		}
		time.Sleep(max(time.Until(next), 0) + 2*time.Minute)
	}
}

// learn asks for what the list leaves out of a delivery that is over, once.
func (d *disturbed) learn(ctx context.Context, desk order.Desk, one order.Delivery) error {
	if _, known := d.deliveries[one.ID]; known || one.State == order.DeliveryPending {
		return nil
	}
	full, err := untilAnswered(ctx, func() (order.Delivery, error) { return desk.Delivery(ctx, one.ID) })
	if err != nil {
		return err
	}
	d.deliveries[one.ID] = full
	status, err := d.atGateway(ctx, one.Order)
	status.Order.Lines, status.Order.ReturnAddress = nil, "" // are none of the merchant's business
	d.orders[one.Order] = status
	return err
}

// tries are those to the merchant so far, as the gateway is to list them, but for
// their numbers.
func (d *disturbed) tries() (all []order.DeliveryTry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, m := range d.sent {
		all = append(all, m.listed())
	}
	return all
}

// untilAnswered asks until there is an answer: what the test itself asks for may be
// disturbed too.
func untilAnswered[T any](ctx context.Context, ask func() (T, error)) (answer T, err error) {
	for {
		if answer, err = ask(); !errors.Is(err, order.CodeUnavailable) || ctx.Err() != nil {
			return answer, err
		}
		time.Sleep(20 * time.Millisecond)
	}
}
