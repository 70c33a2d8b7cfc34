package roles

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// Work that was added ends with the node's, and the other way round; an error of
// either is told, its being stopped is none.
func TestWorkEndsTogether(t *testing.T) {
	broken := errors.New("broken")
	until := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	fails := func(context.Context) error { return broken }
	for name, c := range map[string]struct {
		first, more func(context.Context) error
		stop        bool
		want        error
	}{
		"stopped":         {until, until, true, nil},
		"the first fails": {fails, until, false, broken},
		"the added fails": {until, fails, false, broken},
	} {
		n := &Node{Work: c.first, Handler: http.NotFoundHandler()}
		n.Also(c.more)
		ctx, stop := context.WithCancel(t.Context())
		if c.stop {
			stop()
		}
		if err := n.Work(ctx); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		stop()
	}
}

// A node that is told to stop stops its listener and its work before its files
// are closed, in their order.
func TestANodeClosesWhatItUsesLast(t *testing.T) {
	network := wire.NewNetwork()
	l, err := network.Listen("gateway.localhost:80")
	if err != nil {
		t.Fatal(err)
	}
	var ended []string
	file := func(name string) func() error { return func() error { ended = append(ended, name); return nil } }
	n := &Node{Handler: http.NotFoundHandler(), Close: []func() error{file("ledger"), file("store")},
		Work: func(ctx context.Context) error { <-ctx.Done(); ended = append(ended, "work"); return ctx.Err() }}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := n.Serve(ctx, l); err != nil {
		t.Error(err)
	}
	if len(ended) != 3 || ended[0] != "work" || ended[1] != "ledger" || ended[2] != "store" {
		t.Errorf("ended %q", ended)
	}
	if _, err := network.DialContext(t.Context(), "tcp", "gateway.localhost:80"); err == nil {
		t.Error("somebody still listens")
	}
}

// A code is asked for under one key until there is an answer that counts, or no
// time is left.
func TestIssueAsksUntilItIsAnswered(t *testing.T) {
	busy, refused := &order.Error{Code: order.CodeUnavailable}, &order.Error{Code: order.CodeRefused}
	for name, c := range map[string]struct {
		answers []error // the last one for ever
		asked   int     // at least
		want    error
	}{
		"at once": {[]error{nil}, 1, nil},
		"later":   {[]error{busy, busy, nil}, 3, nil},
		"refused": {[]error{busy, refused}, 2, refused},
		"never":   {[]error{busy}, 10, busy},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			keys, asked := map[string]bool{}, 0
			_, err := Issue(ctx, func(key string) (order.IssuedCode, error) {
				keys[key] = true
				asked++
				return order.IssuedCode{}, c.answers[min(asked, len(c.answers))-1]
			})
			if !errors.Is(err, c.want) || asked < c.asked || len(keys) != 1 || (c.want == busy) != (ctx.Err() != nil) {
				t.Errorf("%s: %v after %d calls under %d keys, %v", name, err, asked, len(keys), ctx.Err())
			}
		})
	}
}
