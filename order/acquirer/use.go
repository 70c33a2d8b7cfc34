package acquirer

import (
	"context"
	"database/sql"
	"encoding/hex"

	"github.com/anyscan/anyscan/order"
)

// visited is what a code address leads to.
type visited struct {
	merchant Merchant // as its page is: with the amount that the code names
	sum      []byte   // of the address, see codeSum
	signed   bool     // the clearing institution's signature was verified
	dynamic  bool     // the code names an amount
}

// locks are what a confirmation reads first and relies on when it makes an order:
// its key and, where the code stands for one order, which one that is.
func (v visited) locks(c order.Confirmation) []string {
	keys := []string{"acquirer_confirmations " + c.Merchant + " " + c.Key}
	if v.dynamic {
		keys = append(keys, "acquirer_code_orders "+hex.EncodeToString(v.sum))
	}
	return keys
}

// usable tells whether a code can be used now: it was not taken back and, where
// it stands for one order, that is not paid. live is that order while it can
// still be paid, "" for none.
func (s *Server) usable(ctx context.Context, tx *sql.Tx, op string, v visited) (live order.ID, err error) {
	revoked, err := revokedAt(ctx, tx, v.sum)
	if err != nil {
		return "", err
	}
	if !revoked.IsZero() {
		return "", order.Errorf(order.CodeRevoked, op, "The code was taken back on %s.", revoked.Format("2 January 2006, 15:04 MST"))
	}
	if !v.dynamic {
		return "", nil
	}
	if own, err := codeAmount(ctx, tx, v.sum); err != nil {
		return "", err
	} else if own != v.merchant.Direct.Amount {
		// What somebody else had signed for this host must not set our prices.
		return "", order.Errorf(order.CodeRefused, op, "the code names an amount that this merchant did not ask for")
	}
	made, err := codeOrder(ctx, tx, v.sum)
	if made == "" || err != nil {
		return "", err
	}
	r, err := load(ctx, tx, op, made)
	switch {
	case err != nil:
		return "", err
	case r.state == order.StatePaid:
		return "", order.Errorf(order.CodeConflict, op, "This code was for one payment, and it is paid. Ask the merchant for a new one.")
	case r.state.Final():
		return "", nil
	}
	return made, nil
}

// enter gives a new confirmation its order: the new one, written as message, or,
// at a code that stands for one order, the live one that others can still pay.
func (s *Server) enter(ctx context.Context, tx *sql.Tx, v visited, o order.Order, message []byte, live order.ID) (record, error) {
	if live != "" {
		return load(ctx, tx, "acquirer.Confirm", live)
	}
	r, err := s.make(ctx, tx, o, message)
	if err == nil && v.dynamic {
		err = setCodeOrder(ctx, tx, v.sum, o.ID)
	}
	return r, err
}
