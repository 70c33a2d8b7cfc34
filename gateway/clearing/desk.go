package clearing

import "github.com/anyscan/anyscan/order"

// A desk is where one acquirer is served. It is bound to the name alone: each
// call looks up what the directory says of it at that moment.
type desk struct {
	*Server
	acquirer string
}

// For is what the acquirer may ask. A name that is not in the directory is
// [order.CodeUnauthenticated], now and, where it leaves later, at each call.
func (s *Server) For(acquirer string) (order.Desk, error) {
	d := &desk{s, acquirer}
	if _, _, err := d.entry("clearing.For"); err != nil {
		return nil, err
	}
	return d, nil
}

// entry is the acquirer in the directory as it is now, and that directory, for
// what has to fit together. Whoever begins something new asks whether the
// acquirer is enabled, too.
func (d *desk) entry(op string) (*entries, Acquirer, error) {
	directory := d.directory.load()
	a, ok := directory.acquirers[d.acquirer]
	if !ok {
		return nil, a, order.Errorf(order.CodeUnauthenticated, op, "there is no acquirer %.70q", d.acquirer)
	}
	return directory, a, nil
}
