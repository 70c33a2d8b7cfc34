package clearing

import (
	"sync"

	"github.com/anyscan/anyscan/order"
)

// notifiers are how acquirers are told, each made when it is first needed and
// kept for as long as its acquirer has that address. They are safe for
// concurrent use.
type notifiers struct {
	notify func(Acquirer) order.Notifier
	mu     sync.Mutex
	made   map[notifierKey]order.Notifier
}

// A notifierKey holds the address, so that another address is another notifier
// at once, and a directory that was refused changes nothing.
type notifierKey struct{ acquirer, address string }

func newNotifiers(notify func(Acquirer) order.Notifier) *notifiers {
	return &notifiers{notify: notify, made: map[notifierKey]order.Notifier{}}
}

// of is how the acquirer is told, nil if it cannot be.
func (n *notifiers) of(a Acquirer) order.Notifier {
	n.mu.Lock()
	defer n.mu.Unlock()
	key := notifierKey{a.Name, a.Notify}
	if have, ok := n.made[key]; ok {
		return have
	}
	made := n.notify(a)
	if made != nil {
		n.made[key] = made
	}
	return made
}

// keep forgets the notifiers that none of the directories needs.
func (n *notifiers) keep(directories ...*entries) {
	needed := map[notifierKey]bool{}
	for _, e := range directories {
		for _, a := range e.list {
			needed[notifierKey{a.Name, a.Notify}] = true
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for key := range n.made {
		if !needed[key] {
			delete(n.made, key)
		}
	}
}
