package examples_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/barcode/print"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// A figure is one way through FIG. 2 to 5 of the specification.
type figure struct {
	name     string
	app      gateway.ScanningApp
	terminal string // its default component
	policy   gateway.Policy
	offers   int    // how many the payer is shown; 0 when nobody is asked
	place    int    // of the offer that the payer picks, from 1
	marked   string // the offer that is preselected when the payer is asked
	paidWith string
	chosen   gateway.Instruction
}

func figures() []figure {
	payment := gateway.ScanningApp{Kind: "wallet", Component: "blue"} // an app with payment functions
	camera := gateway.ScanningApp{Kind: "camera"}                     // one without
	by := func(mode, wanted gateway.Mode, name string, why gateway.Reason) gateway.Instruction {
		return gateway.Instruction{Mode: mode, Component: name, Wanted: wanted, Reason: why}
	}
	const choose, app, server, terminal = gateway.ModeChoose, gateway.ModeApp, gateway.ModeGateway, gateway.ModeTerminal
	return []figure{
		{name: "FIG. 2, a payment app, its own component", app: payment, policy: gateway.Policy{Mode: app},
			paidWith: "blue", chosen: by(app, app, "blue", gateway.ReasonPolicy)},
		{name: "FIG. 2, a payment app, the second server's default", app: payment, policy: gateway.Policy{Mode: server, Default: "green"},
			paidWith: "green", chosen: by(server, server, "green", gateway.ReasonPolicy)},
		{name: "FIG. 2, a payment app, the terminal's default", app: payment, terminal: "amber", policy: gateway.Policy{Mode: terminal},
			paidWith: "amber", chosen: by(terminal, terminal, "amber", gateway.ReasonPolicy)},
		{name: "FIG. 2, a payment app, the third of four options", app: payment, policy: gateway.Policy{Mode: choose},
			offers: 4, place: 3, marked: "blue", paidWith: "amber", chosen: by(choose, choose, "amber", gateway.ReasonPolicy)},
		{name: "FIG. 3, no payment functions, the last of three options", app: camera, policy: gateway.Policy{Mode: choose},
			offers: 3, place: 3, paidWith: "amber", chosen: by(choose, choose, "amber", gateway.ReasonPolicy)},
		{name: "FIG. 4, no payment functions, the second server's default", app: camera, policy: gateway.Policy{Mode: server, Default: "green"},
			paidWith: "green", chosen: by(server, server, "green", gateway.ReasonPolicy)},
		{name: "FIG. 5, no payment functions, the terminal's default", app: camera, terminal: "amber", policy: gateway.Policy{Mode: terminal},
			paidWith: "amber", chosen: by(terminal, terminal, "amber", gateway.ReasonPolicy)},
		{name: "a default preselected among two, another is picked", app: camera, policy: gateway.Policy{Mode: choose, Default: "green"},
			offers: 2, place: 1, marked: "green", paidWith: "blue", chosen: by(choose, choose, "blue", gateway.ReasonPolicy)},
		{name: "mode app without a component of the app's own", app: camera, policy: gateway.Policy{Mode: app},
			offers: 3, place: 2, paidWith: "green", chosen: by(choose, app, "green", gateway.ReasonNotNamed)},
	}
}

// Each figure is walked from the picture of a code to the result, on a page that
// pays directly and through a display of merchandise.
func TestFigures(t *testing.T) {
	for _, f := range figures() {
		for _, merchant := range []string{"cafe", "teahouse"} {
			t.Run(f.name+", "+merchant, func(t *testing.T) {
				t.Parallel()
				f.walk(t, merchant)
			})
		}
	}
}

func (f figure) walk(t *testing.T, merchant string) {
	accounts := append(local.Accounts(), local.Account{Name: "violet", Title: "Violet Purse", Color: "#6d28d9"})
	if f.offers > 0 {
		accounts = accounts[:f.offers]
	}
	s, stop, err := inProcess(t.Context(), f.policy, accounts...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}()
	seen := &observer{figure: f}
	result, err := f.pay(t.Context(), s, merchant, seen)
	if err != nil {
		t.Fatal(err)
	}
	if result.State != order.StatePaid || result.Payment.Component != f.paidWith {
		t.Errorf("the order is %s by %+v, want paid by %s", result.State, result.Payment, f.paidWith)
	}
	if diff := cmp.Diff(f.chosen, result.Attempt.Chosen); diff != "" {
		t.Errorf("what was recorded of the choice (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(f.want(merchant), seen.saw); diff != "" {
		t.Errorf("what the payer was shown (-want +got):\n%s", diff)
	}
}

func (f figure) pay(ctx context.Context, s *local.System, merchant string, host scan.Host) (scan.Result, error) {
	terminal, err := f.terminalOf(s, host)
	if err != nil {
		return scan.Result{}, err
	}
	address, err := s.Code(ctx, merchant)
	if err != nil {
		return scan.Result{}, err
	}
	picture, err := print.QR(address, nil)
	if err != nil {
		return scan.Result{}, err
	}
	code, err := terminal.Scan(ctx, picture.Image())
	if err != nil {
		return scan.Result{}, err
	}
	return terminal.Pay(ctx, code)
}

// terminalOf is a terminal with the figure's scanning app, on which the paying
// app of the wallet company is installed.
func (f figure) terminalOf(s *local.System, host scan.Host) (*scan.Payer, error) {
	codes, err := s.CodePolicy()
	if err != nil {
		return nil, err
	}
	gateways, err := s.GatewayPolicy()
	if err != nil {
		return nil, err
	}
	app, err := wallet.New(s.Wallet, &wallet.Options{Client: s.Client()})
	if err != nil {
		return nil, err
	}
	servers := scanhttp.New(s.Client(), nil)
	return scan.New(scan.Peers{Codes: codes, Gateways: gateways, Storefront: servers, Cashier: servers, Host: host},
		&scan.Options{App: f.app, Default: f.terminal, Browser: app, Apps: map[string]scan.Invoker{"sandbox": app}})
}

// want is what the payer is shown on the way.
func (f figure) want(merchant string) (saw []string) {
	if merchant == "teahouse" {
		saw = append(saw, "shop")
	}
	saw = append(saw, map[string]string{"cafe": "direct", "teahouse": "review"}[merchant])
	if f.offers > 0 {
		saw = append(saw, fmt.Sprintf("%d options with parameters, %q preselected", f.offers, f.marked))
	}
	return append(saw, "paid")
}

// observer is a payer who notes what is shown and picks by place.
type observer struct {
	figure
	saw []string
}

func (o *observer) Page(_ context.Context, p order.Page) (a scan.Answer, err error) {
	o.saw = append(o.saw, string(p.Kind))
	if p.Kind == order.PageShop {
		a.Choices = []order.Choice{{Item: p.Goods[0].ID, Quantity: 1}}
	}
	return a, nil
}

func (o *observer) Choose(_ context.Context, s gateway.Session) (string, error) {
	with := 0
	for _, offer := range s.Offers {
		if len(offer.Parameters) > 0 {
			with++
		}
	}
	o.saw = append(o.saw, fmt.Sprintf("%d options with parameters, %q preselected", with, s.Instruction.Component))
	return s.Offers[o.place-1].Name, nil
}

func (o *observer) Result(_ context.Context, r scan.Result) error {
	o.saw = append(o.saw, string(r.State))
	return nil
}
