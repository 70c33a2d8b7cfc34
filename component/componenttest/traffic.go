package componenttest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const crowd = 4 // attempts at once, and calls for each

func notified(ctx context.Context, h Harness) error {
	r, a, n, err := h.receiver(ctx)
	if err != nil {
		return err
	}
	asked, err := h.ask(ctx, a)
	if err != nil {
		return err
	}
	for range 2 {
		receipt, err := r.Receive(ctx, n)
		if err != nil {
			return fmt.Errorf("receive: %w", err)
		}
		if receipt.Evidence == nil {
			return errors.New("a notification of success proves nothing")
		}
		if err := succeeded(*receipt.Evidence, a); err != nil {
			return err
		}
		if receipt.Evidence.Reference != asked.Reference {
			return fmt.Errorf("the notification is about payment %q, the query about %q", receipt.Evidence.Reference, asked.Reference)
		}
	}
	return nil
}

func tampered(ctx context.Context, h Harness) error {
	r, _, n, err := h.receiver(ctx)
	if err != nil {
		return err
	}
	genuine, err := r.Receive(ctx, n)
	if err != nil {
		return fmt.Errorf("receive: %w", err)
	}
	for change, wrong := range changes(n) {
		receipt, err := r.Receive(ctx, wrong)
		if e, ok := errors.AsType[*order.Error](err); err != nil && (!ok || e.Code.Retryable()) {
			return fmt.Errorf("%s: the refusal is not an *order.Error that is not retryable: %w", change, err)
		}
		if err == nil && !same(receipt.Evidence, genuine.Evidence) {
			return fmt.Errorf("%s: it was taken, for %+v", change, receipt.Evidence)
		}
	}
	return nil
}

// same compares evidence; of none at all there is nothing that could be forged.
func same(a, b *component.Evidence) bool {
	if a == nil || b == nil {
		return a == nil
	}
	x, y := *a, *b
	equal := x.At.Equal(y.At)
	x.At = y.At
	return equal && x == y
}

// changes are ways to forge a notification out of a genuine one.
func changes(n component.Notification) iter.Seq2[string, component.Notification] {
	return func(yield func(string, component.Notification) bool) {
		for i := range n.Body {
			wrong := n
			wrong.Body = slices.Clone(n.Body)
			wrong.Body[i] ^= 1
			if !yield("one byte of the body is changed", wrong) {
				return
			}
		}
		for what, body := range map[string][]byte{
			"no body": nil, "half the body": n.Body[:len(n.Body)/2], "the body twice": slices.Concat(n.Body, n.Body),
		} {
			wrong := n
			wrong.Body = body
			if !yield(what, wrong) {
				return
			}
		}
		for name := range n.Header {
			for _, values := range [][]string{nil, {""}, {reversed(n.Header.Get(name))}} {
				wrong := n
				wrong.Header = maps.Clone(n.Header)
				wrong.Header[name] = values
				if !yield("the header "+name+" is changed", wrong) {
					return
				}
			}
		}
		wrong := n
		wrong.Query = reversed(n.Query)
		if yield("the query is changed", wrong) {
			yield("nothing at all", component.Notification{})
		}
	}
}

func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

func canceled(ctx context.Context, h Harness) error {
	a, _, err := h.begin(ctx, h.attempt())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	var heedless []string
	if _, err := h.Component.Begin(ctx, h.attempt()); err == nil {
		heedless = append(heedless, "Begin")
	}
	if _, err := h.Component.Resume(ctx, a, component.Return{}); err == nil {
		heedless = append(heedless, "Resume")
	}
	if q, ok := component.As[component.Querier](h.Component); ok {
		if _, err := q.Query(ctx, a); err == nil {
			heedless = append(heedless, "Query")
		}
	}
	if len(heedless) > 0 {
		return fmt.Errorf("%s went on although the context had ended", strings.Join(heedless, ", "))
	}
	return nil
}

func concurrent(ctx context.Context, h Harness) error {
	attempts := make([]component.Attempt, crowd)
	references := make([][crowd]string, crowd)
	errs := make([][crowd]error, crowd)
	var wait sync.WaitGroup
	for i := range attempts {
		attempts[i] = h.attempt()
		for j := range crowd {
			wait.Go(func() {
				a, _, err := h.begin(ctx, attempts[i])
				if err == nil {
					_, err = h.Component.Resume(ctx, a, component.Return{})
				}
				references[i][j], errs[i][j] = a.Reference, err
			})
		}
	}
	wait.Wait()
	seen := map[string]bool{}
	for i := range attempts {
		if err := errors.Join(errs[i][:]...); err != nil {
			return err
		}
		got := slices.Compact(slices.Clone(references[i][:]))
		if got[0] == "" && len(got) == 1 {
			continue // the provider has no name for a payment before it is paid
		}
		if len(got) > 1 || seen[got[0]] {
			return fmt.Errorf("attempts and payments do not match one to one: %q", references)
		}
		seen[references[i][0]] = true
	}
	return nil
}
