package gatewaytest

import (
	"slices"
	"time"

	"github.com/anyscan/anyscan/order"
)

// changing is the contract of acquirers who change while the server works.
func changing() []check {
	return []check{
		{rule: "a disabled acquirer places nothing new: forbidden, and not stored", run: disabledPlaces},
		{rule: "a disabled acquirer finds again what it placed, and is told when that is paid", run: disabledGoesOn},
		{rule: "a disabled acquirer is issued no code: forbidden; those that it has it finds again and revokes", run: disabledIssues},
		{rule: "an acquirer that left is unauthenticated, also on a desk that it had", run: leaves},
		{rule: "what changes for one acquirer changes nothing for another", run: changesOne},
		{rule: "an acquirer that is new can place at once", run: joins},
	}
}

// changed makes the server work with the acquirers as change leaves them.
func (b *bench) changed(change func(all []Acquirer) []Acquirer) {
	b.Helper()
	if b.replace == nil {
		b.Fatal("Subject.Replace is nil: the contract needs a server whose acquirers change")
	}
	if err := b.replace(change(slices.Clone(b.acquirers))); err != nil {
		b.Fatalf("Replace: %v", err)
	}
}

func disableNorth(all []Acquirer) []Acquirer {
	all[0].Disabled = "its contract ended"
	return all
}

func disabledPlaces(b *bench) {
	desk := b.at("north")
	b.changed(disableNorth)
	o := b.newOrder()
	_, err := desk.Place(b.Context(), o)
	b.refused("a new order, on a desk from before", err, order.CodeForbidden)
	_, err = b.at("north").Place(b.Context(), o)
	b.refused("a new order", err, order.CodeForbidden)
	_, err = b.at("north").Query(b.Context(), o.ID)
	b.refused("the order", err, order.CodeNotFound)
	b.changed(func(all []Acquirer) []Acquirer { return all })
	b.place("north", o)
}

func disabledGoesOn(b *bench) {
	o, address := b.placed()
	b.changed(disableNorth)
	b.same("the placement again", b.place("north", o).Address, address)
	b.same("the state", b.status(o).State, order.StateOpen)
	b.resume(b.paidAtProvider(address, b.blue, "k1"))
	b.later(time.Second)
	b.same("what the acquirer was told", b.north.all(), []order.Status{b.status(o)})
	b.same("the state afterwards", b.status(o).State, order.StatePaid)
}

func disabledIssues(b *bench) {
	c := b.issue(b.static("k1"))
	b.changed(disableNorth)
	for what, r := range map[string]order.IssueRequest{"a printed code": b.static("k2"), "a code with an amount": b.dynamic("k3")} {
		_, err := b.at("north").Issue(b.Context(), r)
		b.refused(what, err, order.CodeForbidden)
	}
	b.same("the code under its key", b.issue(b.static("k1")), c)
	b.same("the code by its ID", b.issued(c.ID), c)
	if _, err := b.at("north").Revoke(b.Context(), c.ID); err != nil {
		b.Errorf("Revoke: %v", err)
	}
	b.same("whether it is revoked", b.issued(c.ID).Revoked.IsZero(), false)
}

func leaves(b *bench) {
	o, address := b.placed()
	desk := b.at("north")
	b.changed(func(all []Acquirer) []Acquirer { return all[1:] })
	if _, err := b.server.For("north"); err == nil { // a transport may find out when it is used
		_, err = b.at("north").Place(b.Context(), b.newOrder())
		b.stranger("a new order", err)
	}
	_, err := desk.Place(b.Context(), o)
	b.stranger("the order again, on a desk from before", err)
	_, err = desk.Query(b.Context(), o.ID)
	b.stranger("the order's state, on a desk from before", err)
	_, err = desk.Issue(b.Context(), b.static("k1"))
	b.stranger("a code, on a desk from before", err)
	b.same("the offers to its payer", len(b.open(address).Offers), 0)
	b.changed(func(all []Acquirer) []Acquirer { return all })
	b.same("the order, once north is back", b.status(o).Order, o)
}

// stranger holds err to be the answer to who is not in the directory. A transport
// cannot sign such an answer for a peer that it does not know, so that the peer
// cannot believe it: unavailable.
func (b *bench) stranger(what string, err error) {
	b.Helper()
	if order.CodeOf(err) != order.CodeUnavailable {
		b.refused(what, err, order.CodeUnauthenticated)
	}
}

func changesOne(b *bench) {
	b.changed(func(all []Acquirer) []Acquirer {
		all[1].Disabled, all[1].Merchants = "it is south", nil
		return all
	})
	o, address := b.placed()
	b.resume(b.paidAtProvider(address, b.blue, "k1"))
	b.same("the state", b.status(o).State, order.StatePaid)
}

func joins(b *bench) {
	b.changed(func(all []Acquirer) []Acquirer { return all[:1] })
	o := b.newOrder()
	o.Merchant, o.ReturnAddress = "noodles", ""
	_, err := b.at("north").Place(b.Context(), o)
	b.refused("a merchant of nobody", err, order.CodeRefused)
	b.changed(func(all []Acquirer) []Acquirer { return all })
	b.place("south", o)
}
