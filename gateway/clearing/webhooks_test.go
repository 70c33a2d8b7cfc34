package clearing_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
)

// What belongs to another acquirer is not_found for each operation on endpoints
// and deliveries, as what never was, and each try is recorded.
func TestTriesAtForeignWebhooksAreRecorded(t *testing.T) {
	w := twoAcquirers(t)
	k, err := w.desk("north").CreateEndpoint(t.Context(), order.EndpointRequest{Address: "https://tea.example/hook", Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	a := w.begin(w.place(w.newOrder()), "k1")
	w.blue.Decide(a.ID, component.OutcomeSucceeded)
	if _, err := w.server.Resume(t.Context(), a.ReturnAddress, component.Return{}); err != nil {
		t.Fatal(err)
	}
	page, err := w.desk("north").Deliveries(t.Context(), order.DeliveryQuery{})
	if err != nil || len(page.Deliveries) != 1 {
		t.Fatalf("%d deliveries, %v", len(page.Deliveries), err)
	}
	endpoint, delivery, south := k.Endpoint.ID, page.Deliveries[0].ID, w.desk("south")
	never := order.NewID(w.clock().Add(-time.Hour))
	tries := map[string]func(order.ID) error{
		"clearing.Endpoint": func(id order.ID) error { _, err := south.Endpoint(t.Context(), id); return err },
		"clearing.DeleteEndpoint": func(id order.ID) error {
			return south.DeleteEndpoint(t.Context(), order.EndpointDeletion{Endpoint: id, Key: string(id)})
		},
		"clearing.RotateSecret": func(id order.ID) error {
			_, err := south.RotateSecret(t.Context(), order.SecretRotation{Endpoint: id, Key: string(id)})
			return err
		},
		"clearing.Deliveries": func(id order.ID) error {
			_, err := south.Deliveries(t.Context(), order.DeliveryQuery{Endpoint: id})
			return err
		},
		"clearing.Delivery": func(id order.ID) error { _, err := south.Delivery(t.Context(), id); return err },
		"clearing.Replay": func(id order.ID) error {
			_, err := south.Replay(t.Context(), order.DeliveryReplay{Delivery: id, Key: string(id)})
			return err
		},
	}
	want := map[clearing.Denial]bool{}
	for op, try := range tries {
		id, kind := endpoint, "endpoint "
		if op == "clearing.Delivery" || op == "clearing.Replay" {
			id, kind = delivery, "delivery "
		}
		foreign, nothing, malformed := try(id), try(never), try("no such thing")
		for _, err := range []error{foreign, nothing, malformed} {
			if order.CodeOf(err) != order.CodeNotFound || err.Error() != nothing.Error() {
				t.Errorf("%s: %v", op, err)
			}
		}
		for _, id := range []order.ID{id, never} {
			want[clearing.Denial{At: w.clock(), Acquirer: "south", Operation: op, What: kind + string(id)}] = true
		}
	}
	if _, err := south.CreateEndpoint(t.Context(), order.EndpointRequest{Address: "https://a.example/", Merchant: "tea", Key: "k"}); order.CodeOf(err) != order.CodeRefused {
		t.Errorf("an endpoint for another's merchant: %v", err)
	}
	want[clearing.Denial{At: w.clock(), Acquirer: "south", Operation: "clearing.CreateEndpoint", What: "merchant tea"}] = true
	got := map[clearing.Denial]bool{}
	for _, d := range w.denials("", time.Time{}) {
		got[d] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the denials differ (-want +got):\n%s", diff)
	}
}
