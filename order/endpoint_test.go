package order_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
)

func TestEndpointProblemsCarryTheirPath(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*order.EndpointRequest)
		want  []string
	}{
		"valid": {func(*order.EndpointRequest) {}, nil},
		"all events": {func(r *order.EndpointRequest) {
			r.Events = []order.EventType{"order.paid", "order.canceled", "order.expired"}
		}, nil},
		"no address":         {func(r *order.EndpointRequest) { r.Address = "" }, []string{"/address"}},
		"long address":       {func(r *order.EndpointRequest) { r.Address = strings.Repeat("a", 2049) }, []string{"/address"}},
		"merchant":           {func(r *order.EndpointRequest) { r.Merchant = "a b" }, []string{"/merchant"}},
		"unknown event":      {func(r *order.EndpointRequest) { r.Events = []order.EventType{"paid"} }, []string{"/events/0"}},
		"event twice":        {func(r *order.EndpointRequest) { r.Events = []order.EventType{"order.paid", "order.paid"} }, []string{"/events/1"}},
		"too many":           {func(r *order.EndpointRequest) { r.Events = make([]order.EventType, 6) }, []string{"/events"}},
		"long key":           {func(r *order.EndpointRequest) { r.Key = strings.Repeat("k", 129) }, []string{"/key"}},
		"several and no key": {func(r *order.EndpointRequest) { r.Address, r.Key = "", "" }, []string{"/address", "/key"}},
	} {
		r := order.EndpointRequest{Address: "https://tea.example/", Merchant: "tea", Events: []order.EventType{order.EventPaid}, Key: "k"}
		c.spoil(&r)
		if diff := cmp.Diff(c.want, paths(t, r.Validate())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Every write needs an idempotency key.
func TestWebhookWritesNeedAKey(t *testing.T) {
	for name, err := range map[string]error{
		"create": order.EndpointRequest{Address: "https://tea.example/"}.Validate(),
		"delete": order.EndpointDeletion{}.Validate(),
		"rotate": order.SecretRotation{}.Validate(),
		"replay": order.DeliveryReplay{}.Validate(),
	} {
		if !errors.Is(err, order.CodeIdempotencyKeyMissing) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every state that is final at the gateway tells of an event of its own.
func TestEventsAreOfFinalStates(t *testing.T) {
	seen := map[order.EventType]bool{}
	for _, s := range []order.State{order.StatePlacing, order.StateRefused, order.StateOpen, order.StatePaid, order.StateCanceled, order.StateExpired, "x"} {
		e, ok := order.EventOf(s)
		if ok != (s.Final() && s != order.StateRefused) || ok && seen[e] {
			t.Errorf("%s tells of %q, %v", s, e, ok)
		}
		seen[e] = true
	}
}
