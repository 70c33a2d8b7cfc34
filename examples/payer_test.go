package examples_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// payer is the person in the examples, with a terminal in hand. It implements
// scan.Host and prints what the person sees and does.
type payer struct {
	picks []string     // components to pick, in turn
	takes scan.Answer  // what to enter on the merchant page
	paid  *scan.Result // what was shown in the end
}

var _ scan.Host = (*payer)(nil)

func (p *payer) Page(_ context.Context, page order.Page) (scan.Answer, error) {
	switch page.Kind {
	case order.PageShop:
		fmt.Printf("%s displays %d goods\n", page.MerchantName, len(page.Goods))
	default:
		fmt.Printf("%s asks %s\n", page.MerchantName, page.Total)
	}
	return p.takes, nil
}

func (p *payer) Choose(_ context.Context, s gateway.Session) (string, error) {
	if s.Attempt != nil && s.Attempt.State == gateway.AttemptFailed {
		fmt.Printf("%s failed: %s\n", s.Attempt.Component, s.Attempt.Reason)
	}
	if len(p.picks) == 0 {
		return "", scan.ErrCanceled
	}
	name := p.picks[0]
	p.picks = p.picks[1:]
	fmt.Printf("the gateway offers %d components, the payer picks %s\n", len(s.Offers), name)
	return name, nil
}

func (p *payer) Result(_ context.Context, r scan.Result) error {
	p.paid = &r
	if r.Payment == nil {
		fmt.Printf("the order is %s\n", r.State)
		return nil
	}
	fmt.Printf("%s: %s by %s\n", r.State, r.Payment.Amount, r.Payment.Component)
	return nil
}

// camera is a terminal whose scanning app has no payment functions. Each of the
// sandbox's wallets is an installed paying app; buttons say what the payer
// presses there, Approve unless named.
func camera(s *local.System, host scan.Host, buttons map[string]wallet.Decision, more func(*scan.Options)) (*scan.Payer, error) {
	servers := scanhttp.New(s.Client(), nil)
	return cameraAt(s, servers, servers, host, buttons, more)
}

// cameraAt is a camera with its own ways to the servers.
func cameraAt(s *local.System, storefront order.Storefront, cashier gateway.Cashier, host scan.Host, buttons map[string]wallet.Decision, more func(*scan.Options)) (*scan.Payer, error) {
	codes, err := s.CodePolicy()
	if err != nil {
		return nil, err
	}
	gateways, err := s.GatewayPolicy()
	if err != nil {
		return nil, err
	}
	apps := map[string]scan.Invoker{}
	for _, name := range local.Components() {
		app, err := wallet.New(s.Wallet, &wallet.Options{Button: buttons[name], Client: s.Client()})
		if err != nil {
			return nil, err
		}
		apps[name] = app
	}
	opts := &scan.Options{App: gateway.ScanningApp{Kind: "camera"}, Browser: apps["blue"], Apps: apps}
	if more != nil {
		more(opts)
	}
	return scan.New(scan.Peers{Codes: codes, Gateways: gateways, Storefront: storefront, Cashier: cashier, Host: host}, opts)
}

// payment runs one payment in a system of its own. The error names the step at
// which it stopped.
func payment(policy gateway.Policy, merchant string, host scan.Host, buttons map[string]wallet.Decision, more func(*scan.Options)) error {
	ctx := context.Background()
	s, stop, err := inProcess(ctx, policy)
	if err != nil {
		return err
	}
	err = pay(ctx, s, merchant, host, buttons, more)
	return errors.Join(err, stop())
}

func pay(ctx context.Context, s *local.System, merchant string, host scan.Host, buttons map[string]wallet.Decision, more func(*scan.Options)) error {
	address, err := s.Code(ctx, merchant)
	if err != nil {
		return err
	}
	terminal, err := camera(s, host, buttons, more)
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

// instruction tells how the component of a result came to be used.
func instruction(r *scan.Result) string {
	if r == nil || r.Attempt == nil {
		return "no attempt"
	}
	c := r.Attempt.Chosen
	return fmt.Sprintf("mode %s (wanted %s, %s)", c.Mode, c.Wanted, c.Reason)
}
