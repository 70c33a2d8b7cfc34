package acquirer

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
)

// codeQueue holds one job for each revoked code that the clearing institution
// has to hear of, by its ID.
const codeQueue = "acquirer.codes"

// RevokeCode takes a code back before its time, at once: from now on no page
// opens behind it and no order is made. The clearing institution is told; if it
// cannot be reached, [Server.Run] goes on until it knows. Repeating it changes
// nothing. A confirmation that was made before still goes on, with its order.
//
// A code that this acquirer did not issue is [order.CodeNotFound].
func (s *Server) RevokeCode(ctx context.Context, id order.ID) (order.IssuedCode, error) {
	const op = "acquirer.RevokeCode"
	var c order.IssuedCode
	var news bool
	err := s.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if err := s.lockCode(ctx, tx, id); err != nil {
			return err
		}
		if c, err = loadCode(ctx, tx, op, id); err != nil || !c.Revoked.IsZero() {
			return err
		}
		c.Revoked, news = s.now(), true
		return s.revoke(ctx, tx, c)
	})
	if err != nil {
		return order.IssuedCode{}, s.fail(ctx, op, err)
	}
	if news {
		if err := s.tellRevoked(ctx, id); err != nil { // Run does it
			s.logger.WarnContext(ctx, "the gateway was not told yet that a code is revoked", "code", id, "err", err)
		}
	}
	return c, nil
}

// lockCode lets nobody else change the code before tx ends.
func (s *Server) lockCode(ctx context.Context, tx *sql.Tx, id order.ID) error {
	return s.store.Lock(ctx, tx, "acquirer_codes "+string(id))
}

func (s *Server) revoke(ctx context.Context, tx *sql.Tx, c order.IssuedCode) error {
	_, err := tx.ExecContext(ctx, `UPDATE acquirer_codes SET revoked = $1 WHERE code_id = $2`, c.Revoked.UnixMicro(), string(c.ID))
	if err != nil {
		return err
	}
	if err := auditCode(ctx, tx, c.ID, c.Revoked, "revoked"); err != nil {
		return err
	}
	return s.outbox.Put(ctx, tx, outbox.Job{Queue: codeQueue, Key: string(c.ID), Due: c.Revoked.Add(s.pause(1))})
}

// tellRevoked tells the clearing institution once, and notes that it knows.
func (s *Server) tellRevoked(ctx context.Context, id order.ID) error {
	if s.options.Issuer == nil {
		return errors.New("acquirer: Options.Issuer is not set: nobody can be told")
	}
	call, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	_, err := s.options.Issuer.Revoke(call, id)
	if errors.Is(err, order.CodeNotFound) {
		s.logger.ErrorContext(ctx, "the gateway does not know a code that it issued: a person has to look", "code", id)
		err = nil // it has answered, and will not answer otherwise
	}
	if err != nil {
		return err
	}
	return s.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.lockCode(ctx, tx, id); err != nil {
			return err
		}
		if err := auditCode(ctx, tx, id, s.now(), "told"); err != nil {
			return err
		}
		return s.outbox.Drop(ctx, tx, codeQueue, string(id))
	})
}

// retell is tellRevoked in the background.
func (s *Server) retell(ctx context.Context, task outbox.Task) (again time.Time, err error) {
	if err := s.tellRevoked(ctx, order.ID(task.Key)); err != nil {
		return s.now().Add(s.pause(task.Try + 1)), err
	}
	return time.Time{}, nil
}

// IssuedCode is a code that this acquirer issued, as it stands here. One that it did
// not is [order.CodeNotFound].
func (s *Server) IssuedCode(ctx context.Context, id order.ID) (c order.IssuedCode, err error) {
	const op = "acquirer.IssuedCode"
	err = s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		c, err = loadCode(ctx, tx, op, id)
		return err
	})
	return c, s.fail(ctx, op, err)
}

// CodeOrder is the order of a dynamic code, for the till that shows it: the
// latest, if an earlier one ended without being paid. While nobody has confirmed
// the page it is [order.CodeNotFound].
func (s *Server) CodeOrder(ctx context.Context, id order.ID) (order.Status, error) {
	const op = "acquirer.CodeOrder"
	var r record
	err := s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		c, err := loadCode(ctx, tx, op, id)
		if err != nil {
			return err
		}
		made, err := codeOrder(ctx, tx, codeSum(c.Address))
		if err != nil {
			return err
		}
		r, err = load(ctx, tx, op, made)
		return err
	})
	return r.status(), s.fail(ctx, op, err)
}
