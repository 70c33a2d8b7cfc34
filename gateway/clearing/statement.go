package clearing

import (
	"context"
	"database/sql"
	"iter"

	"github.com/anyscan/anyscan/internal/merge"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/reconcile"
)

// MatchStatement matches what a provider says of a period with the attempts of its
// component: the provider's word on one side, all money that the gateway knows of on
// the other, excess money and what was given back of it included. o may be nil.
//
// statement gives, for each movement of money, its Kind, Attempt and, of a refund,
// Refund (the names under which the provider was asked), State, Booked, Currency and Gross, and what else it
// knows, such as the Reference. A day that has just ended is matched once the
// outcomes of its attempts are known; each that is not is a break in its state.
//
// Errors are *order.Error: [order.CodeNotFound] for a component that is not
// configured, [order.CodeUnavailable] for the store; or what statement says, or
// reconcile.ErrTooLarge.
func (s *Server) MatchStatement(ctx context.Context, component string, p reconcile.Period,
	statement iter.Seq2[reconcile.Entry, error], o *reconcile.MatchOptions) (reconcile.Report, error) {
	if _, _, ok := s.components.Find(component); !ok {
		return reconcile.Report{}, order.Errorf(order.CodeNotFound, "clearing.MatchStatement", "no component %.70q is configured", component)
	}
	return reconcile.Match(ctx, p, statement, &moneyOf{s, component}, o)
}

// moneyOf is the money of a component's attempts.
type moneyOf struct {
	s         *Server
	component string
}

var _ reconcile.Records = (*moneyOf)(nil)

// Key is the name under which the provider was asked.
func (m *moneyOf) Key(e reconcile.Entry) string { return e.ID() }

// Entries are the attempts whose money moved in the period, and the refunds.
func (m *moneyOf) Entries(ctx context.Context, p reconcile.Period) iter.Seq2[reconcile.Entry, error] {
	return merge.Booked(m.payments(ctx, p), m.refunds(ctx, p))
}

func (m *moneyOf) payments(ctx context.Context, p reconcile.Period) iter.Seq2[reconcile.Entry, error] {
	moved, key, number := p.From.UnixMicro(), "", 0
	return m.s.paged(ctx, "clearing.MatchStatement", func(ctx context.Context, tx *sql.Tx) (page []reconcile.Entry, err error) {
		rows, err := tx.QueryContext(ctx, moneyQuery, m.component, moved, key, number, p.Until.UnixMicro(), pageSize)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var reference, message string
			if err := rows.Scan(&moved, &key, &number, &reference, &message); err != nil {
				return nil, err
			}
			a := attemptRow{key: orderKey(key), number: number, component: m.component, reference: reference, moneyAt: micro(moved)}
			e, err := a.entry(message)
			if err != nil {
				return nil, err
			}
			page = append(page, e)
		}
		return page, rows.Err()
	})
}

const moneyQuery = `SELECT a.money_at, a.order_key, a.number, a.reference, o.message
	FROM clearing_attempts a JOIN clearing_orders o ON o.order_key = a.order_key
	WHERE a.component = $1 AND a.money_at > 0 AND (a.money_at, a.order_key, a.number) > ($2, $3, $4) AND a.money_at < $5
	ORDER BY a.money_at, a.order_key, a.number LIMIT $6`

// entry is the attempt as an own record, in its own state while no money is known.
func (a *attemptRow) entry(message string) (reconcile.Entry, error) {
	e := reconcile.Entry{Kind: reconcile.Payment, Attempt: a.id(), Component: a.component, Reference: a.reference,
		State: reconcile.StatePaid, Booked: a.moneyAt, Moved: a.moneyAt}
	if a.moneyAt.IsZero() {
		e.State = reconcile.State(a.state)
	}
	return e, ordered(&e, message)
}

// Find is the attempt or the refund that a line of the statement is about.
func (m *moneyOf) Find(ctx context.Context, there reconcile.Entry) (here reconcile.Entry, found bool, err error) {
	if there.Kind == reconcile.Refund {
		return m.findRefund(ctx, there)
	}
	key, number, ok := parseAttemptID(there.Attempt)
	if !ok {
		return here, false, nil
	}
	const op = "clearing.MatchStatement"
	err = m.s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		o, known, err := loadOrder(ctx, tx, key)
		if err != nil || !known {
			return err
		}
		a, known, err := loadAttempt(ctx, tx, key, number)
		if err != nil || !known || a.component != m.component {
			return err
		}
		found = true
		here, err = a.entry(o.message)
		return err
	})
	return here, found, m.s.fail(ctx, op, err)
}
