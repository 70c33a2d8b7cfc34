package order_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/anyscan/anyscan/order"
)

func TestErrorIsItsCodeAndItsCause(t *testing.T) {
	err := fmt.Errorf("outer: %w", &order.Error{Code: order.CodeConflict, Op: "test", Err: io.ErrUnexpectedEOF})
	if !errors.Is(err, order.CodeConflict) || errors.Is(err, order.CodeNotFound) {
		t.Errorf("errors.Is does not tell the code of %v", err)
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v hides its cause", err)
	}
	if got := order.CodeOf(err); got != order.CodeConflict {
		t.Errorf("CodeOf = %q", got)
	}
	if got := order.CodeOf(io.EOF); got != order.CodeInternal {
		t.Errorf("CodeOf a foreign error = %q, want internal", got)
	}
	if got := order.CodeOf(nil); got != "" {
		t.Errorf("CodeOf(nil) = %q", got)
	}
}

func TestErrorTextTellsEverythingOnce(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&order.Error{Code: order.CodeNotFound}, "not_found"},
		{&order.Error{Code: order.CodeInvalid, Op: "op", Detail: "bad", Problems: []order.Problem{{"/a", "is missing"}, {"", "too short"}}},
			"op: invalid_request: bad: /a is missing; too short"},
		{order.Errorf(order.CodeInternal, "op", "reading: %w", io.EOF), "op: internal: reading: EOF"},
		{&order.Error{Code: order.CodeInternal, Err: io.EOF}, "internal: EOF"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
