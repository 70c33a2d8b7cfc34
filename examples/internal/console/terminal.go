package console

import (
	"context"
	"net/http"

	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/scanhttp"
	"github.com/anyscan/anyscan/verify"
)

// Terminal is a phone with an app that scans; a browser and the paying app of
// the sandbox's wallets are installed on it.
type Terminal struct {
	Codes    verify.Verifier // which code addresses are legal
	Gateways verify.Verifier // which gateway addresses are legal
	Client   *http.Client    // reaches all servers; nil is scanhttp's own
	Wallet   string          // address of the sandbox's wallet company; "" installs no paying app
	Mode     gateway.Mode    // how the terminal presents itself: app and terminal name Component
	// Component is the one that comes with the scanning app in mode app, and the
	// terminal's default in mode terminal; "" names none.
	Component string
}

// Open makes the terminal of the parts. Each step is printed.
func (t Terminal) Open(h *Host, p *Printer) (*scan.Payer, error) {
	servers := scanhttp.New(t.Client, nil)
	report := func(_ context.Context, r scan.Report) {
		if r.Step == scan.StepChoose && h.chose != "" {
			r.Detail = h.chose // the terminal cannot know that nobody was asked
		}
		p.Step(string(r.Step), r.Detail, r.Took, r.Err)
	}
	opts := &scan.Options{OnStep: report}
	if t.Wallet != "" {
		app, err := wallet.New(t.Wallet, &wallet.Options{Client: t.Client})
		if err != nil {
			return nil, err
		}
		opts.Browser, opts.Apps = app, map[string]scan.Invoker{wallet.Kind: app}
	}
	switch t.Mode {
	case gateway.ModeApp:
		opts.App = gateway.ScanningApp{Kind: "wallet", Component: t.Component}
	case gateway.ModeTerminal:
		opts.Default = t.Component
	}
	return scan.New(scan.Peers{Codes: t.Codes, Gateways: t.Gateways, Storefront: servers, Cashier: servers, Host: h}, opts)
}

// Scan reads the picture in the file and lets the terminal judge its code.
func Scan(ctx context.Context, terminal scan.Terminal, file string) (scan.Code, error) {
	picture, err := ReadPicture(ctx, file)
	if err != nil {
		return scan.Code{}, err
	}
	return terminal.Scan(ctx, picture)
}
