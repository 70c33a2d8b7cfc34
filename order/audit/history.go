package audit

import "fmt"

// A history is what was read so far of the entries of one order.
type history struct {
	v         *verification
	key       string
	order     orderHead
	known     bool   // the order has a row
	last      entry  // the entry before, with seq 0 at first
	unchained int64  // entries without a hash
	state     string // that the entries lead to
}

func (h *history) found(p Problem, entry int64, format string, args ...any) {
	h.v.report.add(Finding{Problem: p, Order: h.key, Entry: entry, Detail: fmt.Sprintf(format, args...)})
}

// next compares an entry with the one before it.
func (h *history) next(e entry) {
	h.v.report.Entries++
	switch next := h.last.seq + 1; {
	case e.seq < next:
		h.found(Added, e.seq, "entries count from 1")
	case e.seq > next:
		h.found(Removed, next, "is gone: entry %d follows entry %d", e.seq, h.last.seq)
	default:
		h.chained(e)
	}
	if e.state != "" {
		h.state = e.state
	}
	h.last = e
}

// chained compares the hash of an entry, the one before which is there.
func (h *history) chained(e entry) {
	before := h.last.hash
	switch {
	case e.hash == "" && before == "":
		h.unchained++
		h.v.report.Unchained++
		return
	case e.hash == "":
		h.found(Changed, e.seq, "has no hash, and the entry before it has")
		return
	case before == "":
		before = First(h.unchained)
	}
	if want := h.v.Entry(before, h.key, e.seq, e.content...); want != e.hash {
		h.found(Changed, e.seq, "what it says, after %.64q, has the hash %s, and it has %.64q", before, want, e.hash)
	}
}

// end compares the history with the order's row.
func (h *history) end() {
	switch {
	case h == nil:
		return
	case !h.known:
		h.found(Removed, 0, "the order is gone, its history up to entry %d is there", h.last.seq)
		return
	case h.order.root == None:
		h.endUnchained()
	default:
		h.endChained()
		h.root()
	}
	if h.state != h.order.state {
		h.found(Mismatch, 0, "the order is %.40q, by its history it is %.40q", h.order.state, h.state)
	}
}

// endUnchained is for an order that has not changed since there are chains. Not
// every log counted entries before.
func (h *history) endUnchained() {
	if h.order.hash != "" || h.last.hash != "" {
		h.found(Mismatch, 0, "its row says that it has no chain, and there is one")
	}
	if h.order.seq != 0 && h.order.seq != h.last.seq {
		h.endsWith(h.order.seq)
	}
}

func (h *history) endChained() {
	switch {
	case h.last.seq != h.order.seq:
		h.endsWith(h.order.seq)
	case h.last.hash != h.order.hash || h.last.hash == "":
		h.found(Mismatch, h.last.seq, "has the hash %.64q, and the order's row has %.64q for it", h.last.hash, h.order.hash)
	}
}

func (h *history) endsWith(seq int64) {
	if h.last.seq < seq {
		h.found(Removed, h.last.seq+1, "is gone: the history ends with entry %d of %d", h.last.seq, seq)
	} else {
		h.found(Added, h.last.seq, "the history ends with entry %d by the order's row", seq)
	}
}

// root compares what the row says of the latest root that covers the order.
func (h *history) root() {
	switch {
	case h.order.root == 0:
		h.v.report.Open++
	case !h.order.covered.Valid:
		h.found(Removed, 0, "its row says that root %d covers it, which does not", h.order.root)
	case int64(h.order.covered.V) != h.order.seq:
		h.found(Mismatch, h.order.seq, "its row says that root %d covers it, which covers entry %d", h.order.root, h.order.covered.V)
	}
}
