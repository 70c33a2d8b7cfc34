package componenttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// current hands over what was genuine once, or is for somebody else.
func current(ctx context.Context, h Harness) error {
	r, a, genuine, err := h.receiver(ctx)
	if err != nil {
		return err
	}
	if h.Late == nil && h.Foreign == nil {
		return skipped("the harness has neither late nor foreign notifications")
	}
	for what, make := range map[string]func(component.Attempt, component.Notification) (component.Notification, error){
		"late": h.Late, "foreign": h.Foreign,
	} {
		if make == nil {
			continue
		}
		n, err := make(a, genuine)
		if err != nil {
			return err
		}
		_, err = r.Receive(ctx, n)
		e, ok := errors.AsType[*order.Error](err)
		switch {
		case err == nil:
			return fmt.Errorf("a %s notification was taken", what)
		case !ok || e.Code.Retryable():
			return fmt.Errorf("a %s notification: the refusal is not an *order.Error that is not retryable: %w", what, err)
		case e.Detail == "" && len(e.Problems) == 0:
			return fmt.Errorf("a %s notification is refused without a reason: %w", what, err)
		}
	}
	return nil
}

// tidy looks for goroutines that the component's package began and left.
func tidy(ctx context.Context, h Harness) error {
	a, err := h.decided(ctx, true)
	if err != nil {
		return err
	}
	if _, err := h.ask(ctx, a); err != nil {
		return err
	}
	begun := []byte("created by " + packageOf(h.Component) + ".")
	for range 200 {
		if !bytes.Contains(stacks(), begun) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return errors.New("a goroutine that the component began goes on after its calls have ended")
}

// packageOf is the import path of the package of the innermost component.
func packageOf(c component.Component) string {
	for {
		w, wrapped := c.(interface{ Unwrap() component.Component })
		if !wrapped {
			break
		}
		c = w.Unwrap()
	}
	t := reflect.TypeOf(c)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath()
}

// stacks are those of all goroutines.
func stacks() []byte {
	for size := 1 << 20; ; size *= 2 {
		buffer := make([]byte, size)
		if n := runtime.Stack(buffer, true); n < size {
			return buffer[:n]
		}
	}
}
