package exchange

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/order"
)

// MaxWait is the longest pause between two tries. A peer that asks for a longer
// one is not asked again: whoever called knows better what to do meanwhile.
const MaxWait = 30 * time.Second

// Client calls peers, and calls again where that may help and does no harm: a
// call that reads, has an idempotency key, or may be made again by its contract,
// and that reached nobody or was answered with [order.CodeUnavailable],
// [order.CodeInFlight] or [order.CodeRateLimited].
type Client struct {
	HTTP    *http.Client  // its Timeout bounds one try
	Retries int           // how often a call is repeated; 0 or less is never
	Pause   time.Duration // before the first repetition; it doubles, and up to half of it is random
}

// NewClient makes a client. Retries and pause are the caller's options: 0 means 2
// repetitions, less than 0 none, and a pause of 200 ms.
func NewClient(c *http.Client, retries int, pause time.Duration) *Client {
	if retries == 0 {
		retries = 2
	}
	if pause <= 0 {
		pause = 200 * time.Millisecond
	}
	return &Client{c, retries, min(pause, MaxWait)}
}

// Do sends the call and reads the answer into answer, a pointer, or only its
// status when answer is nil. Between two tries it waits as long as the peer asks
// for, or else for a random part of its own pause, and not at all when the
// context would end first.
//
// Errors are *[order.Error], those of the last try: what the peer said, or
// [order.CodeUnavailable] when no answer came, so that nothing is known about
// what the peer did.
func (c *Client) Do(ctx context.Context, call Call, answer any) error {
	pause := c.Pause
	for left := c.Retries; ; left-- {
		err := call.once(ctx, c.HTTP, answer)
		if left <= 0 || !call.repeatable() || !passes(err) || !wait(ctx, err, pause) {
			return err
		}
		pause = min(2*pause, MaxWait)
	}
}

// passes tells what another try may change from what was decided.
func passes(err error) bool {
	return errors.Is(err, order.CodeUnavailable) || errors.Is(err, order.CodeInFlight) || errors.Is(err, order.CodeRateLimited)
}

// wait waits for the next try; it is false when there is to be none. What is
// random keeps clients that failed together from coming back together.
func wait(ctx context.Context, err error, pause time.Duration) bool {
	d := pause/2 + rand.N(pause/2+1)
	if e, ok := errors.AsType[*order.Error](err); ok && e.RetryAfter > 0 {
		d = e.RetryAfter + rand.N(pause/2+1)
		if e.RetryAfter > MaxWait {
			return false
		}
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= d {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
