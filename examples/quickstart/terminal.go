package main

import (
	"context"

	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// peers are what the terminal has around it.
func (t *town) peers(h *host) (scan.Peers, error) {
	codes, err := t.CodePolicy()
	if err != nil {
		return scan.Peers{}, err
	}
	gateways, err := t.GatewayPolicy()
	servers := scanhttp.New(t.Client(), nil)
	return scan.Peers{Codes: codes, Gateways: gateways, Storefront: servers, Cashier: servers, Host: h}, err
}

// terminal is a camera app without payment functions; in mode app it is a
// wallet that carries a component. Beside it a browser and the paying apps of
// the sandbox's wallets are installed.
func (t *town) terminal(f flags, h *host, p *printer) (*scan.Payer, error) {
	peers, err := t.peers(h)
	if err != nil {
		return nil, err
	}
	app, err := wallet.New(t.Wallet, &wallet.Options{Client: t.Client()})
	if err != nil {
		return nil, err
	}
	report := func(ctx context.Context, r scan.Report) {
		if r.Step == scan.StepChoose && h.chose != "" {
			r.Detail = h.chose // the terminal cannot know that nobody was asked
		}
		p.report(ctx, r)
	}
	opts := &scan.Options{Browser: app, Apps: map[string]scan.Invoker{"sandbox": app}, OnStep: report}
	switch f.mode {
	case gateway.ModeApp:
		opts.App = gateway.ScanningApp{Kind: "wallet", Component: f.target("blue")}
	case gateway.ModeTerminal:
		opts.Default = f.target("amber")
	}
	return scan.New(peers, opts)
}

// target is the component that a mode other than choose leads to.
func (f flags) target(standard string) string {
	if f.pay != "" {
		return f.pay
	}
	return standard
}
