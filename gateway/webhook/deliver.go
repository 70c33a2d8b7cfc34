package webhook

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
)

// deliver does what a delivery waits for: a try of its schedule or a replay.
func (d *Dispatcher) deliver(ctx context.Context, task outbox.Task) (again time.Time, err error) {
	p, err := d.look(ctx, order.ID(task.Key))
	if err != nil {
		return again, err
	}
	now := d.now()
	switch {
	case p.over() && !p.byHand:
		return again, d.close(ctx, p.owner, p.id)
	case p.byHand:
	case p.state != order.DeliveryPending:
		return again, nil
	case p.next.After(now):
		return p.next, nil
	case p.to.paused.After(now):
		return now.Add(jitter(p.to.paused.Sub(now))), nil
	}
	out := d.send(ctx, p.delivery, p.to)
	if out.word != "" && ctx.Err() != nil {
		return again, ctx.Err() // the program stops: the try counts as not made
	}
	return d.record(context.WithoutCancel(ctx), p, out)
}

// A parcel is a delivery and where it goes.
type parcel struct {
	delivery
	to     endpoint
	found  bool // whether the endpoint exists
	byHand bool // a replay is wanted
}

// over reports that nothing is sent to the endpoint by itself.
func (p *parcel) over() bool {
	return p.state == order.DeliveryPending && (!p.found || !p.to.disabled.IsZero())
}

func loadParcel(ctx context.Context, tx *sql.Tx, id order.ID) (p parcel, err error) {
	var found bool
	if p.delivery, found, err = loadDelivery(ctx, tx, id); err != nil || !found {
		return p, err
	}
	p.to, p.found, err = loadEndpoint(ctx, tx, p.endpoint)
	p.byHand = p.found && p.wanted > p.replayed
	return p, err
}

func (d *Dispatcher) look(ctx context.Context, id order.ID) (p parcel, err error) {
	err = d.store.View(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		p, err = loadParcel(ctx, tx, id)
		return err
	})
	return p, err
}

// close ends a delivery whose endpoint is gone or disabled.
func (d *Dispatcher) close(ctx context.Context, owner string, id order.ID) error {
	return d.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := lock(ctx, tx, d.store, owner); err != nil {
			return err
		}
		p, err := loadParcel(ctx, tx, id)
		if err != nil || !p.over() {
			return err
		}
		p.end(order.DeliveryFailed, order.FailedDeleted)
		if p.found {
			p.reason = order.FailedDisabled
		}
		return p.update(ctx, tx)
	})
}

// record writes down how a try went, and says when the next one is.
func (d *Dispatcher) record(ctx context.Context, tried parcel, out outcome) (again time.Time, err error) {
	err = d.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := lock(ctx, tx, d.store, tried.owner); err != nil {
			return err
		}
		p, err := loadParcel(ctx, tx, tried.id)
		if err != nil || p.id == "" {
			return err
		}
		p.byHand = tried.byHand
		p.note(out, p.byHand)
		if p.byHand {
			p.replayed = tried.wanted
		}
		if err := d.judge(ctx, tx, &p, out); err != nil {
			return err
		}
		if p.state == order.DeliveryPending {
			again = p.next
		}
		if p.found {
			err = p.to.update(ctx, tx)
		}
		return errors.Join(err, p.update(ctx, tx))
	})
	return again, err
}

// judge draws the conclusions for the delivery and its endpoint.
func (d *Dispatcher) judge(ctx context.Context, tx *sql.Tx, p *parcel, out outcome) error {
	now := d.now()
	if out.word == "" {
		return d.taken(ctx, tx, p, now)
	}
	pause := p.reschedule(out, now)
	switch {
	case out.word == order.TryGone:
		if p.state == order.DeliveryPending {
			p.end(order.DeliveryFailed, order.FailedGone)
		}
		return d.disable(ctx, tx, p, order.DisabledGone, now)
	case out.word == order.TryThrottled || out.word == order.TryTimeout:
		p.to.paused = now.Add(pause)
	}
	if p.reason == order.FailedExhausted && !p.byHand && p.to.succeeded.Before(p.created) {
		return d.disable(ctx, tx, p, order.DisabledFailing, now)
	}
	return nil
}

// reschedule moves a pending delivery on by a try of its schedule that failed,
// and says how long its endpoint is to be spared if it is under load.
func (p *parcel) reschedule(out outcome, now time.Time) (pause time.Duration) {
	if p.byHand || p.state != order.DeliveryPending {
		return rest(longestRest, out.asked)
	}
	p.step++
	next, ok := wait(p.step, out.asked)
	if !ok {
		p.end(order.DeliveryFailed, order.FailedExhausted)
		return rest(longestRest, out.asked)
	}
	p.next = now.Add(next)
	return rest(next, out.asked)
}

func (d *Dispatcher) taken(ctx context.Context, tx *sql.Tx, p *parcel, now time.Time) error {
	p.end(order.DeliveryDelivered, "")
	p.to.succeeded, p.to.paused = now, time.Time{}
	if !p.found || p.to.disabled.IsZero() || !p.byHand {
		return nil
	}
	p.to.disabled, p.to.reason = time.Time{}, ""
	return audit(ctx, tx, p.to.id, now, actorEndpoint, "enabled", "it took a replay of "+string(p.id))
}

// disable stops sending to an endpoint.
func (d *Dispatcher) disable(ctx context.Context, tx *sql.Tx, p *parcel, why order.DisabledReason, now time.Time) error {
	if !p.found || !p.to.disabled.IsZero() {
		return nil
	}
	p.to.disabled, p.to.reason = now, why
	d.tell(ctx, "an endpoint was disabled", "owner", p.owner, "endpoint", string(p.to.id), "reason", string(why))
	return audit(ctx, tx, p.to.id, now, actorEndpoint, "disabled", string(why)+", by delivery "+string(p.id))
}
