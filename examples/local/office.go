package local

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// Office is the acquirer's back office: a program of its own on the acquirer's
// store, from which codes are issued and taken back, and refunds asked for. It asks
// the gateway, which has to be running. close closes its files.
func (s *System) Office(ctx context.Context) (office *acquirer.Server, close func() error, err error) {
	parts, err := s.acquirer()
	if err != nil {
		return nil, nil, fmt.Errorf("local: office: %w", err)
	}
	db, err := sqlite.Open(ctx, s.file("acquirer.db"), nil)
	if err != nil {
		return nil, nil, fmt.Errorf("local: office: %w", err)
	}
	office, err = parts.Server(ctx, db)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("local: office: %w", err), db.Close())
	}
	return office, db.Close, nil
}

// Code is the address of a code for a merchant's counter, issued by the clearing
// institution and good for a year. It asks until it is answered or ctx ends.
func (s *System) Code(ctx context.Context, merchant string) (string, error) {
	office, close, err := s.Office(ctx)
	if err != nil {
		return "", err
	}
	expires := time.Now().AddDate(1, 0, 0)
	code, err := roles.Issue(ctx, func(key string) (order.IssuedCode, error) { return office.StaticCode(ctx, merchant, expires, key) })
	if err := errors.Join(err, close()); err != nil {
		return "", fmt.Errorf("local: code: %w", err)
	}
	return code.Address, nil
}
