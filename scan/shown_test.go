package scan_test

import (
	"context"
	"errors"
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/verify"
)

// misnaming changes the session of a gateway.
type misnaming struct {
	gateway.Cashier
	change func(*gateway.Session)
}

func (m misnaming) Open(ctx context.Context, address string, o gateway.Opening) (gateway.Session, error) {
	s, err := m.Cashier.Open(ctx, address, o)
	m.change(&s)
	return s, err
}

// A component's name is shown too, and no gateway keeps to its API with one like
// these: the other texts of a session are scantest's.
func TestNamesThatATerminalWouldObeyAreNotShown(t *testing.T) {
	const name = "blue\x1b[2J"
	for what, change := range map[string]func(*gateway.Session){
		"offer's": func(s *gateway.Session) {
			s.Offers = append(s.Offers, component.Offer{Name: name, Kind: "w", Title: "W"})
		},
		"attempt's": func(s *gateway.Session) { s.Attempt = &gateway.Attempt{Component: name, State: gateway.AttemptFailed} },
		"payment's": func(s *gateway.Session) { s.State, s.Payment = order.StatePaid, &order.Payment{Component: name} },
	} {
		gateways, err := verify.Hosts([]string{"gateway.example"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		servers := &servers{state: order.StateOpen}
		payer, err := scan.New(scan.Peers{Codes: gateways, Gateways: gateways, Storefront: servers, Cashier: misnaming{servers, change}, Host: person{}},
			&scan.Options{Browser: browser{}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = payer.Continue(t.Context(), "https://gateway.example/pay/1")
		if stop, ok := errors.AsType[*scan.StepError](err); !ok || stop.Step != scan.StepSession {
			t.Errorf("the %s component: %v, want a *scan.StepError at session", what, err)
		}
	}
}
