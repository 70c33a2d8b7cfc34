package ordertest

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/anyscan/anyscan/order"
)

// clearing is the instrument in the place of a clearing institution. It keeps
// the contract of order.Clearing unless a script says otherwise.
type clearing struct {
	mu      sync.Mutex
	orders  map[order.ID]order.Order
	ids     []order.ID // in the order in which they were placed
	asked   []order.ID // of every call of Place, whatever became of it
	scripts []script   // for the next calls of Place, one each
}

// A script stands around one call of Place. Calling act does what Place does.
type script func(ctx context.Context, act func() (order.Placement, error)) (order.Placement, error)

// failsBefore loses the request: nothing is placed.
func failsBefore(err error) script {
	return func(context.Context, func() (order.Placement, error)) (order.Placement, error) {
		return order.Placement{}, err
	}
}

// failsAfter loses the answer: the order is placed.
func failsAfter(err error) script {
	return func(_ context.Context, act func() (order.Placement, error)) (order.Placement, error) {
		_, fault := act()
		return order.Placement{}, errors.Join(fault, err)
	}
}

// unreachable is an error that says nothing about what happened.
func unreachable() error {
	return order.Errorf(order.CodeUnavailable, "ordertest", "no answer, as the check wants it")
}

// next sets the scripts of the next calls of Place.
func (c *clearing) next(scripts ...script) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.scripts = append(c.scripts, scripts...)
}

// Place implements [order.Clearing].
func (c *clearing) Place(ctx context.Context, o order.Order) (order.Placement, error) {
	act := func() (order.Placement, error) { return c.take(o) }
	if s := c.called(o.ID); s != nil {
		return s(ctx, act)
	}
	return act()
}

func (c *clearing) called(id order.ID) (s script) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, id)
	if len(c.scripts) > 0 {
		s, c.scripts = c.scripts[0], c.scripts[1:]
	}
	return s
}

func (c *clearing) take(o order.Order) (order.Placement, error) {
	if err := o.Validate(); err != nil {
		return order.Placement{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	known, placed := c.orders[o.ID]
	if placed && !same(known, o) {
		return order.Placement{}, order.Errorf(order.CodeIdempotencyKeyReused, "ordertest.Place", "another order was placed as %s", o.ID)
	}
	if !placed {
		c.orders[o.ID] = o
		c.ids = append(c.ids, o.ID)
	}
	return order.Placement{Address: gatewayAddress(o.ID), Expires: o.Expires}, nil
}

func gatewayAddress(id order.ID) string { return GatewayOrigin + "/o/" + string(id) }

// Query implements [order.Clearing].
func (c *clearing) Query(_ context.Context, id order.ID) (order.Status, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o, ok := c.orders[id]
	if !ok {
		return order.Status{}, order.Errorf(order.CodeNotFound, "ordertest.Query", "there is no such order")
	}
	return order.Status{Order: o, State: order.StateOpen, Version: 1, Changed: o.Created}, nil
}

// placed is what was placed so far, oldest first.
func (c *clearing) placed() []order.Order {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []order.Order
	for _, id := range c.ids {
		all = append(all, c.orders[id])
	}
	return all
}

// calls are the orders of every call of Place so far.
func (c *clearing) calls() []order.ID {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.asked)
}
