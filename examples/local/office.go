package local

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// Office is the acquirer's back office: a program of its own on the acquirer's
// store, from which codes are issued and taken back. It issues through the
// gateway, which has to be running. close closes its files.
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
// institution and good for a year. It asks until it is answered or ctx ends,
// under one key: whatever was lost on the way, it is one code.
func (s *System) Code(ctx context.Context, merchant string) (string, error) {
	office, close, err := s.Office(ctx)
	if err != nil {
		return "", err
	}
	key, expires := rand.Text(), time.Now().AddDate(1, 0, 0)
	var code order.IssuedCode
	for try := 0; ; try++ {
		code, err = office.StaticCode(ctx, merchant, expires, key)
		if !order.CodeOf(err).Retryable() || !pause(ctx, retries()[min(try, len(retries())-1)]) {
			break
		}
	}
	if err := errors.Join(err, close()); err != nil {
		return "", fmt.Errorf("local: code: %w", err)
	}
	return code.Address, nil
}

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
