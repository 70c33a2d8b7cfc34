package acquirer

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"

	"github.com/anyscan/anyscan/order"
)

// Confirm implements [order.Storefront]. The order and the duty to place it are
// stored in one transaction before the gateway hears of it, so that neither a
// crash nor a lost answer loses or doubles it.
func (s *Server) Confirm(ctx context.Context, address string, c order.Confirmation) (order.PageJump, error) {
	const op = "acquirer.Confirm"
	merchant, err := s.merchantAt(op, address)
	if err != nil {
		return order.PageJump{}, err
	}
	if err := c.Validate(); err != nil {
		return order.PageJump{}, err
	}
	if c.Merchant != merchant {
		return order.PageJump{}, invalid(op, "/merchant", "is not the merchant of the address, which is "+merchant)
	}
	v, o, refusal := s.draft(ctx, address, c)
	r, err := s.keep(ctx, c, v, o, refusal)
	if err == nil {
		r, err = s.place(ctx, r)
	}
	if err != nil {
		return order.PageJump{}, s.fail(ctx, op, err)
	}
	return order.PageJump{Order: r.order.ID, Address: r.address}, nil
}

// draft makes the order of a confirmation that fits the merchant's page. The
// prices are the catalogue's.
func (s *Server) draft(ctx context.Context, address string, c order.Confirmation) (visited, order.Order, error) {
	v, err := s.visit(ctx, "acquirer.Confirm", address)
	if err != nil {
		return v, order.Order{}, err
	}
	m := v.merchant
	p, err := m.confirmed(c)
	if err == nil {
		err = m.agrees(p, c)
	}
	if err != nil {
		return v, order.Order{}, err
	}
	now := s.now()
	id := order.NewID(now)
	o := order.Order{ID: id, Merchant: m.ID, Total: c.Total, Lines: p.Lines, Description: p.Note,
		Created: now, Expires: now.Add(s.options.Lifetime), ReturnAddress: s.returnAddress(string(id))}
	return v, o, o.Validate()
}

// keep stores the new order o for who visited the page, or finds the one that was made under the
// confirmation's key before. What the page says now, refusal, counts for a new
// order only: a repeated confirmation goes on with what was agreed.
func (s *Server) keep(ctx context.Context, c order.Confirmation, v visited, o order.Order, refusal error) (r record, err error) {
	const op = "acquirer.Confirm"
	sum, err := fingerprint(c)
	if err != nil {
		return r, err
	}
	message, err := json.Marshal(o) // before its turn in the group, which others wait for
	if err != nil {
		return r, err
	}
	err = s.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if err := s.store.Lock(ctx, tx, v.locks(c)...); err != nil {
			return err
		}
		live, refusal := order.ID(""), refusal
		if refusal == nil {
			live, refusal = s.usable(ctx, tx, op, v)
		}
		if refusal == nil {
			first, err := insertConfirmation(ctx, tx, c.Merchant, c.Key, confirmed{cmp.Or(live, o.ID), sum})
			switch {
			case err != nil:
				return err
			case first:
				r, err = s.enter(ctx, tx, v, o, message, live)
				return err
			}
		}
		r, err = repeated(ctx, tx, op, c, sum, refusal)
		return err
	})
	return r, err
}

// repeated is the order that was made under the key of a confirmation. If there
// is none, the refusal of a new one stands.
func repeated(ctx context.Context, tx *sql.Tx, op string, c order.Confirmation, sum []byte, refusal error) (record, error) {
	made, known, err := findConfirmation(ctx, tx, c.Merchant, c.Key)
	switch {
	case err != nil:
		return record{}, err
	case !known:
		return record{}, refusal
	case !bytes.Equal(made.fingerprint, sum):
		return record{}, order.Errorf(order.CodeIdempotencyKeyReused, op, "the key stands for another confirmation: use a new one")
	}
	return load(ctx, tx, op, made.order)
}

// fingerprint is the same for the same content, whatever the key.
func fingerprint(content any) ([]byte, error) {
	text, err := json.Marshal(content)
	sum := sha256.Sum256(text)
	return sum[:], err
}
