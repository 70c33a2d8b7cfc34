package roles

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/order"
)

// Issue asks for a code until it is answered or ctx ends, under one key: whatever
// was lost on the way, it is one code. Where one of both does not take the other's
// certificate, another try changes nothing.
func Issue(ctx context.Context, ask func(key string) (order.IssuedCode, error)) (order.IssuedCode, error) {
	key := rand.Text()
	for pause := 200 * time.Millisecond; ; pause = min(5*pause, 5*time.Second) {
		code, err := ask(key)
		if !order.CodeOf(err).Retryable() || isHandshake(err) || !wait(ctx, pause) {
			return code, err
		}
	}
}

// isHandshake reports whether a certificate was not taken, by either side. The
// package crypto/tls has no type for what the other one says.
func isHandshake(err error) bool {
	_, server := errors.AsType[*tls.CertificateVerificationError](err)
	_, client := errors.AsType[*program.NotTakenError](err)
	told, ok := errors.AsType[*net.OpError](err)
	return server || client || ok && told.Op == "remote error"
}

// wait waits, unless ctx ends before.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
