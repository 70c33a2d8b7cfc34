package gatewaytest

import (
	"net/http"
	"strconv"
	"time"

	"github.com/anyscan/anyscan/order"
)

// delivering is the contract of what a gateway does with webhooks in the
// background.
func delivering() []check {
	return []check{
		{rule: "an endpoint is told of a paid order, signed with its secret and its key", run: delivers},
		{rule: "an endpoint is told of the events and of the merchant that it was made for", run: deliversWhatIsWanted},
		{rule: "an endpoint is not told of another acquirer's orders", run: deliversNothingForeign},
		{rule: "a webhook is sent again under its ID, with the time of the try, until it is taken", run: deliversAgain},
		{rule: "a webhook that is never taken has failed after ten tries, and its endpoint is disabled", run: givesUp},
		{rule: "410 disables an endpoint, and what happens then is kept for a replay", run: stopsWhenGone},
		{rule: "Retry-After spares an endpoint", run: waitsAsAsked},
		{rule: "after a rotation both secrets sign until the old one's time", run: overlaps},
	}
}

func delivers(b *bench) {
	k := b.endpoint("a")
	o := b.paid("k1")
	got := b.hooks.all()
	if len(got) != 1 {
		b.Fatalf("it was told %d times, want once", len(got))
	}
	b.same("where it was told", got[0].address, "POST https://merchant.example/a")
	b.same("the content type", got[0].header.Get("Content-Type"), "application/json")
	want := b.status(o)
	want.Order.Lines, want.Order.ReturnAddress = nil, ""
	b.same("the event", b.event(got[0], k), order.Event{Type: order.EventPaid, Timestamp: want.Changed, Data: want})
	for range 6 {
		b.later(follow)
	}
	b.same("how often it was told", len(b.hooks.all()), 1)
}

func deliversWhatIsWanted(b *bench) {
	for _, r := range []order.EndpointRequest{
		{Address: "https://merchant.example/paid", Events: []order.EventType{order.EventPaid}, Key: "1"},
		{Address: "https://merchant.example/expired", Events: []order.EventType{order.EventCanceled, order.EventExpired}, Key: "2"},
		{Address: "https://merchant.example/tea", Merchant: "tea", Key: "3"},
		{Address: "https://merchant.example/books", Merchant: "books", Key: "4"},
	} {
		b.endpointFor(r)
	}
	b.paid("k1") // of tea
	o := b.newOrder()
	o.Merchant = "books"
	b.place("north", o)
	b.later(2 * time.Hour)
	told := map[string]int{}
	for _, h := range b.hooks.all() {
		told[h.address]++
	}
	b.same("who was told how often", told, map[string]int{"POST https://merchant.example/paid": 1,
		"POST https://merchant.example/expired": 1, "POST https://merchant.example/tea": 1, "POST https://merchant.example/books": 1})
}

func deliversNothingForeign(b *bench) {
	_, err := b.at("south").CreateEndpoint(b.Context(), order.EndpointRequest{Address: "https://merchant.example/", Key: "k"})
	b.refused("south's endpoint", err, "")
	b.paid("k1")
	b.same("how often it was told", len(b.hooks.all()), 0)
}

func deliversAgain(b *bench) {
	k := b.endpoint("a")
	b.hooks.answer(nil, 500, 404, 503, 302)
	b.paid("k1")
	for range 5 {
		b.event(b.hooks.all()[len(b.hooks.all())-1], k) // with the time of the try
		b.later(3 * time.Hour)
	}
	got := b.hooks.all()
	b.same("how often it was sent", len(got), 5)
	for _, h := range got[1:] {
		b.same("the ID", h.id(), got[0].id())
		b.same("the body", string(h.body), string(got[0].body))
	}
}

func givesUp(b *bench) {
	k := b.endpoint("a")
	b.hooks.answer(nil, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500)
	b.paid("k1")
	for range 12 {
		b.later(27 * time.Hour)
	}
	b.same("how often it was sent", len(b.hooks.all()), 10)
	d := b.listed(k.Endpoint.ID)[0]
	b.same("the state", d.State, order.DeliveryFailed)
	b.same("the reason", d.Reason, order.FailedExhausted)
	e := b.isEndpoint(k.Endpoint.ID)
	b.same("why the endpoint is disabled", e.Reason, order.DisabledFailing)
	if e.Disabled.IsZero() {
		b.Error("the endpoint does not tell since when it is disabled")
	}
}

func stopsWhenGone(b *bench) {
	k := b.endpoint("a")
	b.hooks.answer(nil, 410)
	b.paid("k1")
	e := b.isEndpoint(k.Endpoint.ID)
	b.same("why it is disabled", e.Reason, order.DisabledGone)
	b.same("since when", e.Disabled, b.clock.Now())
	b.same("why the delivery failed", b.listed(k.Endpoint.ID)[0].Reason, order.FailedGone)
	b.clock.advance(time.Second)
	b.paid("k2")
	for range 6 {
		b.later(follow)
	}
	b.same("how often it was told", len(b.hooks.all()), 1)
	kept := b.listed(k.Endpoint.ID)
	b.same("what is kept", len(kept), 2)
	b.same("why it failed", kept[0].Reason, order.FailedDisabled)
}

func waitsAsAsked(b *bench) {
	b.endpoint("a")
	b.hooks.answer(http.Header{"Retry-After": {strconv.Itoa(3600)}}, 429)
	b.paid("k1")
	b.later(30 * time.Minute)
	b.paid("k2")
	b.same("how often it was told within the hour", len(b.hooks.all()), 1)
	b.later(time.Hour)
	b.same("how often it was told later", len(b.hooks.all()), 3)
}

func overlaps(b *bench) {
	old := b.endpoint("a")
	rotated, err := b.at("north").RotateSecret(b.Context(), order.SecretRotation{Endpoint: old.Endpoint.ID, Key: "r"})
	b.refused("the rotation", err, "")
	b.paid("k1")
	h := b.hooks.all()[0]
	b.event(h, old)
	b.event(h, rotated)
	b.clock.advance(24 * time.Hour)
	b.paid("k2")
	h = b.hooks.all()[1]
	b.event(h, rotated)
	if b.symmetric(h, old.Secret) == nil || b.asymmetric(h, old.Endpoint.PublicKey) == nil {
		b.Error("the old keys still sign a day later")
	}
	now, err := b.at("north").RotateSecret(b.Context(), order.SecretRotation{Endpoint: old.Endpoint.ID, Until: b.clock.Now(), Key: "r2"})
	b.refused("the rotation", err, "")
	b.paid("k3")
	h = b.hooks.all()[2]
	b.event(h, now)
	if b.symmetric(h, rotated.Secret) == nil {
		b.Error("a secret signs that was to end at once")
	}
}
