package clearing

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// A step that no table has is refused before anything is written, and logged:
// the change has no transaction here, and needs none.
func TestIllegalTransitions(t *testing.T) {
	for what, step := range map[string]func(*change) error{
		"a paid order expires": func(c *change) error {
			c.order.state = order.StatePaid
			return c.become(t.Context(), order.StateExpired, "late")
		},
		"an expired order is paid": func(c *change) error {
			c.order.state = order.StateExpired
			return c.become(t.Context(), order.StatePaid, "late")
		},
		"an order is canceled twice": func(c *change) error {
			c.order.state = order.StateCanceled
			return c.become(t.Context(), order.StateCanceled, "again")
		},
		"a failed attempt succeeds": func(c *change) error {
			return c.save(t.Context(), &attemptRow{state: gateway.AttemptSucceeded}, gateway.AttemptFailed, "late")
		},
		"a refund becomes what no table has": func(c *change) error {
			return c.saveRefund(t.Context(), &refundRow{state: "lost"}, "late")
		},
	} {
		t.Run(what, func(t *testing.T) {
			var log bytes.Buffer
			c := &change{s: &Server{logger: slog.New(slog.NewTextHandler(&log, nil))}}
			if err := step(c); order.CodeOf(err) != order.CodeInternal {
				t.Errorf("it was not refused: %v", err)
			}
			if !strings.Contains(log.String(), "an illegal transition was refused") {
				t.Errorf("the log tells %q", &log)
			}
		})
	}
}
