package skeleton_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// A camera scans the code of a café, and the payer pays with the new component: through
// the acquirer, the gateway and the provider, which tells the gateway.
func Example() {
	ctx := context.Background()
	provider := newFake()
	piggy, err := newComponent([]byte(settings), provider)
	if err != nil {
		fmt.Println(err)
		return
	}
	system, stop, err := local.InProcess(ctx, gateway.Policy{}, piggy)
	if err != nil {
		fmt.Println(err)
		return
	}
	provider.notifies = system.Client().Transport
	fmt.Println(errors.Join(pay(ctx, system, provider), stop()))
	// Output:
	// Corner Café asks 25.00 CNY
	// on Piggy's page: pay
	// paid: 25.00 CNY by piggy
	// <nil>
}

func pay(ctx context.Context, s *local.System, provider *fake) error {
	codes, err := s.CodePolicy()
	if err != nil {
		return err
	}
	gateways, err := s.GatewayPolicy()
	if err != nil {
		return err
	}
	servers := scanhttp.New(s.Client(), nil)
	terminal, err := scan.New(scan.Peers{Codes: codes, Gateways: gateways, Storefront: servers, Cashier: servers, Host: payer{}},
		&scan.Options{App: gateway.ScanningApp{Kind: "camera"}, Browser: browser{provider}})
	if err != nil {
		return err
	}
	address, err := s.Code(ctx, "cafe")
	if err != nil {
		return err
	}
	code, err := terminal.Read(ctx, address)
	if err != nil {
		return err
	}
	_, err = terminal.Pay(ctx, code)
	return err
}

// payer is the person, who picks the new component.
type payer struct{}

func (payer) Page(_ context.Context, p order.Page) (scan.Answer, error) {
	fmt.Println(p.MerchantName, "asks", p.Total)
	return scan.Answer{}, nil
}

func (payer) Choose(context.Context, gateway.Session) (string, error) { return "piggy", nil }

func (payer) Result(_ context.Context, r scan.Result) error {
	fmt.Printf("%s: %s by %s\n", r.State, r.Payment.Amount, r.Payment.Component)
	return nil
}

// browser is the terminal's, in which the payer presses pay.
type browser struct{ provider *fake }

func (b browser) Invoke(ctx context.Context, a component.Action) (component.Return, error) {
	fmt.Println("on Piggy's page: pay")
	return component.Return{}, b.provider.decide(ctx, a.Address(), true)
}
