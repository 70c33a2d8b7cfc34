package webhook

import (
	"context"
	"errors"
	"net"
	"net/url"
	"testing"

	"github.com/anyscan/anyscan/internal/public"
	"github.com/anyscan/anyscan/order"
)

// What has no answer is named by its cause, however deep that lies.
func TestWordOf(t *testing.T) {
	for want, cause := range map[order.TryError]error{
		order.TryLookup:  &net.DNSError{Err: "no such host", IsTimeout: true},
		order.TryTimeout: context.DeadlineExceeded,
		order.TryAddress: &net.OpError{Op: "dial", Err: &public.Error{Address: "10.0.0.1:443"}},
		order.TryConnect: &net.OpError{Op: "dial", Err: errors.New("refused")},
		order.TryBroken:  errors.New("EOF"),
	} {
		if got := wordOf(&url.Error{Op: "Post", URL: "https://merchant.example/", Err: cause}); got != want {
			t.Errorf("%v is %q, want %q", cause, got, want)
		}
	}
}
