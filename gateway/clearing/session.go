package clearing

import (
	"context"
	"database/sql"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// Open is the session behind a gateway address. It only reads.
func (s *Server) Open(ctx context.Context, address string, o gateway.Opening) (session gateway.Session, err error) {
	const op = "clearing.Open"
	if err := checkOpening(op, o); err != nil {
		return session, err
	}
	key, token, err := s.atGateway(op, address)
	if err != nil {
		return session, err
	}
	err = s.look(ctx, op, key, func(ctx context.Context, tx *sql.Tx, row orderRow) error {
		if err := s.admit(op, row, forPaying, string(key), token); err != nil {
			return err
		}
		session, err = s.session(ctx, tx, row, o)
		return err
	})
	return session, err
}

func (s *Server) session(ctx context.Context, tx *sql.Tx, row orderRow, o gateway.Opening) (gateway.Session, error) {
	merchant, _ := s.directory.load().merchant(row.acquirer, row.order.Merchant)
	session := gateway.Session{Order: row.order, MerchantName: merchant.Name, State: row.state}
	q, offers := s.question(row, o, s.now())
	if !row.payable(q.At) {
		q.Candidates = nil
	}
	d := s.options.Policy.Decide(q)
	session.Offers, session.Instruction = offered(offers, d.Offers), d.Instruction
	if row.attempts > 0 {
		latest, err := existingAttempt(ctx, tx, row.key, row.attempts)
		if err != nil {
			return session, err
		}
		shown := s.show(row, latest)
		session.Attempt = &shown
	}
	payment, err := row.payment(ctx, tx)
	session.Payment = payment
	return session, err
}

// payable reports whether an attempt may still begin.
func (o *orderRow) payable(now time.Time) bool {
	return o.state == order.StateOpen && o.cancelAt.IsZero() && now.Before(o.order.Expires)
}

// atGateway takes a gateway address apart, without yet believing its token.
func (s *Server) atGateway(op, address string) (key orderKey, token string, err error) {
	name, token, ok := s.split(forPaying, address, orderKeyLength)
	if key, valid := parseOrderKey(name); ok && valid {
		return key, token, nil
	}
	return "", "", errNoOrder(op)
}

// admit believes an address: its token is the order's own, and it is not past
// its time. The token comes first, so that a guess learns nothing.
func (s *Server) admit(op string, o orderRow, p purpose, name, token string) error {
	if !s.tokens.verify(o.secret, p, name, token) {
		return errNoOrder(op)
	}
	if end := s.expires(o.order); !s.now().Before(end) {
		return order.Errorf(order.CodeExpired, op, "the address was good until %s", end.Format(time.RFC3339))
	}
	return nil
}

// show is the attempt as its terminal sees it.
func (s *Server) show(o orderRow, a attemptRow) gateway.Attempt {
	shown := gateway.Attempt{ID: a.id(), Component: a.component, State: a.state, Reason: a.reason, Excess: a.excess, Chosen: a.chosen,
		ReturnAddress: s.address(forReturning, o.secret, a.id()), GatewayAddress: s.address(forPaying, o.secret, string(o.key))}
	if _, offer, ok := s.components.Find(a.component); ok {
		shown.Title = offer.Title
	}
	if a.state == gateway.AttemptInvoked && o.state == order.StateOpen {
		shown.Action = a.action // an order that is decided is not paid again
	}
	return shown
}

// brief is the attempt as its component sees it.
func (s *Server) brief(o orderRow, a attemptRow) component.Attempt {
	merchant, _ := s.directory.load().merchant(o.acquirer, o.order.Merchant)
	return component.Attempt{ID: a.id(), Acquirer: o.acquirer, Merchant: o.order.Merchant, MerchantName: merchant.Name, Description: o.order.Description,
		Amount: o.order.Total, Expires: o.order.Expires, Reference: a.reference, Actions: a.actions,
		ReturnAddress: s.address(forReturning, o.secret, a.id()), NotifyAddress: s.base + "/notify/" + a.component}
}
