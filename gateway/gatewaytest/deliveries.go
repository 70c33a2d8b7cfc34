package gatewaytest

import (
	"net/http"
	"time"

	"github.com/anyscan/anyscan/order"
)

// deliveries is the contract of order.DeliveryLog.
func deliveries() []check {
	return []check{
		{rule: "a delivery lists its tries, each with its error", run: deliveryTries},
		{rule: "deliveries are listed newest first, in pages of 100", run: deliveryList},
		{rule: "a replay sends the same webhook once more, and is the same answer under its key", run: deliveryReplayed},
		{rule: "a replay that is taken enables its endpoint again", run: replayEnables},
		{rule: "a replay to an endpoint that was deleted is a conflict", run: replayToDeleted},
		{rule: "what is a delivery of another acquirer is not_found for each operation", run: deliveryForeign},
	}
}

// tried are the tries without how long they took.
func tried(d order.Delivery) []order.DeliveryTry {
	for i := range d.Tries {
		d.Tries[i].Duration = 0
	}
	return d.Tries
}

func deliveryTries(b *bench) {
	k := b.endpoint("a")
	b.hooks.answer(http.Header{"Location": {"https://merchant.example/b"}}, 500, 302)
	first := b.clock.Now()
	o := b.paid("k1")
	listed := b.listed(k.Endpoint.ID)
	if len(listed) != 1 {
		b.Fatalf("%d deliveries, want one", len(listed))
	}
	d := b.delivery(listed[0].ID)
	b.same("the tries", tried(d), []order.DeliveryTry{{Number: 1, At: first, Status: 500, Error: order.TryStatus}})
	b.same("the delivery", order.Delivery{ID: d.ID, Endpoint: k.Endpoint.ID, Type: order.EventPaid, Order: o.ID,
		State: order.DeliveryPending, Created: first, Next: d.Next}, listed[0])
	b.later(10 * time.Second)
	second := b.clock.Now()
	b.later(10 * time.Minute)
	d = b.delivery(d.ID)
	b.same("the tries", tried(d), []order.DeliveryTry{
		{Number: 1, At: first, Status: 500, Error: order.TryStatus},
		{Number: 2, At: second, Status: 302, Error: order.TryRedirect},
		{Number: 3, At: b.clock.Now(), Status: 204},
	})
	b.same("the state", d.State, order.DeliveryDelivered)
	if !d.Next.IsZero() {
		b.Errorf("it is tried again at %v", d.Next)
	}
}

func deliveryList(b *bench) {
	k := b.endpoint("a")
	for range 101 {
		b.clock.advance(time.Second)
		b.place("north", b.newOrder())
	}
	b.later(2 * time.Hour)
	for range 20 { // an acquirer has its share of the senders
		b.later(10 * time.Second)
	}
	page, err := b.at("north").Deliveries(b.Context(), order.DeliveryQuery{})
	b.refused("the list", err, "")
	b.same("the first page", len(page.Deliveries), 100)
	rest, err := b.at("north").Deliveries(b.Context(), order.DeliveryQuery{Endpoint: k.Endpoint.ID, Before: page.Next})
	b.refused("the rest", err, "")
	b.same("the rest", len(rest.Deliveries), 1)
	b.same("what comes then", rest.Next, order.ID(""))
	all := append(page.Deliveries, rest.Deliveries...)
	for i, d := range all {
		if d.State != order.DeliveryDelivered || d.Type != order.EventExpired || d.Tries != nil {
			b.Errorf("delivery %d is %v", i, d)
		}
		if i > 0 && d.ID >= all[i-1].ID {
			b.Errorf("delivery %d, %s, is not older than the one before", i, d.ID)
		}
	}
	south, err := b.at("south").Deliveries(b.Context(), order.DeliveryQuery{})
	b.refused("south's list", err, "")
	b.same("south's list", len(south.Deliveries), 0)
}

func deliveryReplayed(b *bench) {
	k := b.endpoint("a")
	b.paid("k1")
	id := b.hooks.all()[0].id()
	b.clock.advance(time.Hour)
	first := b.replay(id, "r")
	b.same("the answer to the same replay", b.replay(id, "r"), first)
	b.later(0)
	got := b.hooks.all()
	b.same("how often it was sent", len(got), 2)
	b.same("the body", string(got[1].body), string(got[0].body))
	b.same("the ID", got[1].id(), id)
	b.event(got[1], k)
	b.same("the latest try", tried(b.delivery(id))[1], order.DeliveryTry{Number: 2, At: b.clock.Now(), Status: 204, Replay: true})

	b.hooks.answer(nil, 500)
	b.replay(id, "r2")
	b.later(follow)
	b.same("the state, after a replay that failed", b.delivery(id).State, order.DeliveryDelivered)
	b.same("how often it was sent", len(b.hooks.all()), 3)
	_, err := b.at("north").Replay(b.Context(), order.DeliveryReplay{Delivery: id})
	b.refused("a replay without a key", err, order.CodeIdempotencyKeyMissing)
}

func replayEnables(b *bench) {
	k := b.endpoint("a")
	b.hooks.answer(nil, 410)
	b.paid("k1")
	id := b.listed(k.Endpoint.ID)[0].ID
	b.hooks.answer(nil, 500)
	b.replay(id, "r1")
	b.later(0)
	b.same("the reason, after a replay that failed", b.isEndpoint(k.Endpoint.ID).Reason, order.DisabledGone)
	b.replay(id, "r2")
	b.later(0)
	b.same("the endpoint", b.isEndpoint(k.Endpoint.ID), k.Endpoint)
	b.same("the state", b.delivery(id).State, order.DeliveryDelivered)
	b.paid("k2")
	b.same("how often it was told", len(b.hooks.all()), 4)
}

func replayToDeleted(b *bench) {
	k := b.endpoint("a")
	b.hooks.answer(nil, 500)
	b.paid("k1")
	id := b.listed(k.Endpoint.ID)[0].ID
	b.refused("the deletion", b.at("north").DeleteEndpoint(b.Context(), order.EndpointDeletion{Endpoint: k.Endpoint.ID, Key: "d"}), "")
	_, err := b.at("north").Replay(b.Context(), order.DeliveryReplay{Delivery: id, Key: "r"})
	b.refused("the replay", err, order.CodeConflict)
	b.later(time.Hour)
	d := b.listed(k.Endpoint.ID)[0]
	b.same("the state", d.State, order.DeliveryFailed)
	b.same("the reason", d.Reason, order.FailedDeleted)
	b.same("how often it was sent", len(b.hooks.all()), 1)
}

func deliveryForeign(b *bench) {
	k := b.endpoint("a")
	b.paid("k1")
	id, south := b.listed(k.Endpoint.ID)[0].ID, b.at("south")
	for _, id := range []order.ID{id, order.NewID(b.clock.Now())} {
		_, err := south.Delivery(b.Context(), id)
		b.refused("reading", err, order.CodeNotFound)
		_, err = south.Replay(b.Context(), order.DeliveryReplay{Delivery: id, Key: "r" + string(id)})
		b.refused("replaying", err, order.CodeNotFound)
	}
	b.later(0)
	b.same("how often it was sent", len(b.hooks.all()), 1)
}
