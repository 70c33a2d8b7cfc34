package acquirer

import (
	"time"

	"github.com/anyscan/anyscan/order"
)

// learnRefunds takes what the gateway says of an order's refunds, in a version that
// is not older than the one known here. It knows all that it has taken, and in one
// version it tells of them in one way.
func (r *record) learnRefunds(op string, st order.Status) error {
	if err := r.untold(op, st); err != nil {
		return err
	}
	for _, told := range st.Refunds {
		was, at := r.refund(told.ID)
		if at >= 0 {
			if err := contradicts(op, r.order.ID, was, told); err != nil {
				return err
			}
			if told.State == was.State {
				continue
			}
		}
		if st.Version == r.version {
			return order.Errorf(order.CodeConflict, op, "order %s was told in version %d, and now refund %s is %s in the same",
				r.order.ID, st.Version, told.ID, told.State)
		}
		r.setRefund(at, taken(was, told))
	}
	return nil
}

// untold finds a refund that the gateway has taken, and now does not know.
func (r *record) untold(op string, st order.Status) error {
	told := map[order.ID]bool{}
	for _, f := range st.Refunds {
		told[f.ID] = true
	}
	for _, f := range r.refunds {
		if f.Number != "" && !told[f.ID] {
			return order.Errorf(order.CodeConflict, op, "order %s has refund %s, which is %s and missing in version %d",
				r.order.ID, f.ID, f.State, st.Version)
		}
	}
	return nil
}

// contradicts compares what the gateway tells of a refund with what is known: it
// decides once, about what was asked for.
func contradicts(op string, id order.ID, was, is order.Refund) error {
	switch {
	case is.Amount != was.Amount:
		return order.Errorf(order.CodeConflict, op, "refund %s of order %s is %s, not %s", was.ID, id, was.Amount, is.Amount)
	case was.Number != "" && is.Number != was.Number:
		return order.Errorf(order.CodeConflict, op, "refund %s of order %s is number %s, not %s", was.ID, id, was.Number, is.Number)
	case !was.State.CanBecome(is.State):
		return order.Errorf(order.CodeConflict, op, "refund %s of order %s is %s and cannot become %s", was.ID, id, was.State, is.State)
	case was.State == is.State && was.State.Final() && (is.Reference != was.Reference || is.Failure != was.Failure):
		return order.Errorf(order.CodeConflict, op, "refund %s of order %s is %s by %q %q, not by %q %q",
			was.ID, id, was.State, was.Reference, was.Failure, is.Reference, is.Failure)
	}
	return nil
}

// taken is a refund as the gateway has it now. What was asked, and when, stays as it
// was here; of one that is not known here the gateway knows that, too.
func taken(was, told order.Refund) order.Refund {
	is := told
	if was.ID != "" {
		is.Reason, is.Created = was.Reason, was.Created
	}
	is.Created, is.Changed, is.Moved = kept(is.Created), kept(is.Changed), kept(is.Moved)
	return is
}

// kept is a moment as the store keeps it.
func kept(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
