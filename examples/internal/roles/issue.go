package roles

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/anyscan/anyscan/order"
)

// Issue asks for a code until it is answered or ctx ends, under one key: whatever
// was lost on the way, it is one code.
func Issue(ctx context.Context, ask func(key string) (order.IssuedCode, error)) (order.IssuedCode, error) {
	key := rand.Text()
	for pause := 200 * time.Millisecond; ; pause = min(5*pause, 5*time.Second) {
		code, err := ask(key)
		if !order.CodeOf(err).Retryable() || !wait(ctx, pause) {
			return code, err
		}
	}
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
