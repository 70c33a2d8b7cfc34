package clearing

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
)

// Run does the background work until ctx ends: it notifies acquirers until
// they acknowledge, asks components what became of attempts until that is
// known, gives refunds, ends orders that are not paid in time, sends webhooks, and
// makes clearing files. What is due outlives the process. Run is called once; of several servers
// on a store each may run.
func (s *Server) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	parts := []func(context.Context) error{s.outbox.Run, s.webhooks.Run}
	if s.filing != nil {
		parts = append(parts, s.filing.Run)
	}
	ended := make(chan error, len(parts))
	for _, run := range parts {
		go func() {
			defer stop()
			ended <- run(ctx)
		}()
	}
	var err error
	for range parts {
		err = cmp.Or(err, <-ended)
	}
	return err
}

func (s *Server) newOutbox() *outbox.Outbox {
	return outbox.New(s.store, map[string]outbox.Handler{queueNotify: s.notify, queueFollow: s.ask, queueExpire: s.expire, queueRefund: s.refund},
		&outbox.Options{Schedule: s.options.Retry, Timeout: 2 * s.options.Timeout, Now: s.options.Now, Logger: s.logger})
}

// notify tells the acquirer where its order stands now.
func (s *Server) notify(ctx context.Context, task outbox.Task) (again time.Time, err error) {
	const op = "clearing.notify"
	var o orderRow
	var status order.Status
	err = s.look(ctx, op, orderKey(task.Key), func(ctx context.Context, tx *sql.Tx, row orderRow) (err error) {
		o = row
		status, err = o.status(ctx, tx)
		return err
	})
	if err != nil {
		return again, err
	}
	a, ok := s.directory.Acquirer(o.acquirer)
	if !ok {
		return again, fmt.Errorf("%s: the acquirer %q is not in the directory any more", op, o.acquirer)
	}
	notifier := s.notifiers.of(a)
	if notifier == nil {
		return again, fmt.Errorf("%s: the acquirer %q has no notifier any more", op, o.acquirer)
	}
	return s.through(ctx, actorAcquirer+o.acquirer, func(ctx context.Context) error { return notifier.Notify(ctx, status) })
}

// through calls a peer if its gate is open, for as long as a call may take; else
// the job waits, untried, and so do the others of that peer.
func (s *Server) through(ctx context.Context, peer string, call func(context.Context) error) (again time.Time, err error) {
	leave, at := s.gates.enter(peer, s.now())
	if leave == nil {
		return at, outbox.ErrPostponed
	}
	defer func() { leave(s.now(), err) }()
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	return time.Time{}, call(ctx)
}

// ask asks the component what became of an attempt, and again later while that
// is not decided.
func (s *Server) ask(ctx context.Context, task outbox.Task) (again time.Time, err error) {
	const op = "clearing.ask"
	key, number, _ := parseAttemptID(task.Key)
	var o orderRow
	var a attemptRow
	err = s.look(ctx, op, key, func(ctx context.Context, tx *sql.Tx, row orderRow) (err error) {
		o = row
		a, err = existingAttempt(ctx, tx, key, number)
		return err
	})
	if err != nil || a.state.Final() {
		return again, err
	}
	again = s.now().Add(s.options.Follow[min(task.Try, len(s.options.Follow)-1)])
	c, _, ok := s.components.Find(a.component)
	if !ok {
		return again, fmt.Errorf("%s: the component %q is not configured any more", op, a.component)
	}
	var e component.Evidence
	at, err := s.through(ctx, actorComponent+a.component, func(ctx context.Context) (err error) {
		e, err = component.Ask(ctx, c, s.brief(o, a))
		return err
	})
	switch {
	case !at.IsZero():
		return at, err
	case err != nil:
		return again, err
	}
	return s.told(ctx, op, a, e, again)
}

// told settles the answer to ask.
func (s *Server) told(ctx context.Context, op string, a attemptRow, e component.Evidence, later time.Time) (again time.Time, err error) {
	err = s.change(ctx, op, a.key, actorComponent+a.component, func(ctx context.Context, c *change) error {
		a, err := existingAttempt(ctx, c.tx, a.key, a.number)
		if err != nil {
			return err
		}
		err = c.settle(ctx, &a, e)
		if !a.state.Final() {
			again = later
		}
		return err
	})
	if err != nil {
		again = later
	}
	return again, err
}
