package clearing

import (
	"context"
	"database/sql"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
)

// Resume goes on with an attempt whose terminal has come back. What it brought
// is handed to the component as a hint and never believed here; an attempt
// that is final, or that its component has not answered yet, is only shown.
func (s *Server) Resume(ctx context.Context, address string, r component.Return) (gateway.Attempt, error) {
	const op = "clearing.Resume"
	if err := checkReturn(op, r); err != nil {
		return gateway.Attempt{}, err
	}
	id, token, _ := s.split(forReturning, address, attemptIDLength)
	key, number, ok := parseAttemptID(id)
	if !ok {
		return gateway.Attempt{}, errNoOrder(op)
	}
	var o orderRow
	var a attemptRow
	err := s.look(ctx, op, key, func(ctx context.Context, tx *sql.Tx, row orderRow) (err error) {
		if err = s.admit(op, row, forReturning, id, token); err != nil {
			return err
		}
		o = row
		a, err = existingAttempt(ctx, tx, key, number)
		return err
	})
	if err != nil {
		return gateway.Attempt{}, err
	}
	if a.state.Final() || a.unstarted() {
		return s.show(o, a), nil
	}
	return s.perform(ctx, op, o, a, false, func(ctx context.Context, c component.Component, a component.Attempt) (component.Progress, error) {
		return c.Resume(ctx, a, r)
	})
}
