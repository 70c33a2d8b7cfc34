package scan

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"time"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/emvco"
	"github.com/anyscan/anyscan/verify"
)

// Peers are what a terminal needs around it. All fields are required.
type Peers struct {
	Codes      verify.Verifier  // decides which code addresses are legal
	Gateways   verify.Verifier  // decides which gateway addresses are legal
	Storefront order.Storefront // reaches acquirers
	Cashier    gateway.Cashier  // reaches the gateway
	Host       Host             // the app around the terminal
}

// Options describe a terminal. nil and the zero value mean the defaults.
type Options struct {
	App     gateway.ScanningApp // default: kind "camera", without a payment component
	Default string              // the terminal's default component; default: none
	// Browser performs redirect and form actions. Default: none.
	Browser Invoker
	// Apps are the installed paying apps, by the name or kind of the component
	// that they pay for; they perform native and deep-link actions. Default: none.
	Apps map[string]Invoker
	// Scanner reads codes from pictures. Default: barcode.Decode.
	Scanner func(ctx context.Context, picture image.Image) ([]barcode.Symbol, error)
	// OnStep is told of each finished step. Default: nobody.
	OnStep func(ctx context.Context, r Report)
	// Patience is how long to wait for a provider that has not decided, after
	// which Pay returns with the order still open. Default: 2 minutes.
	Patience time.Duration
	Now      func() time.Time // default: time.Now
}

// Payer is the terminal. It implements [Terminal].
type Payer struct {
	peers   Peers
	options Options
}

var _ Terminal = (*Payer)(nil)

// New makes a terminal. The error names the peer that is missing or the option
// that cannot be used.
func New(peers Peers, opts *Options) (*Payer, error) {
	for _, need := range []struct {
		name    string
		missing bool
	}{
		{"Codes", peers.Codes == nil}, {"Gateways", peers.Gateways == nil}, {"Storefront", peers.Storefront == nil},
		{"Cashier", peers.Cashier == nil}, {"Host", peers.Host == nil},
	} {
		if need.missing {
			return nil, fmt.Errorf("scan: Peers.%s is missing", need.name)
		}
	}
	p := &Payer{peers: peers}
	if opts != nil {
		p.options = *opts
	}
	p.options.fill()
	return p, p.options.check()
}

// check wants words where the gateway wants them, so that a terminal that is
// set up wrongly does not first show it to a payer.
func (o *Options) check() error {
	for name, word := range map[string]string{
		"App.Kind": o.App.Kind, "App.Component": o.App.Component, "Default": o.Default,
	} {
		if len(word) > 64 || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return fmt.Errorf("scan: Options.%s is %.70q: want at most 64 of a-z 0-9 -", name, word)
		}
	}
	return nil
}

func (o *Options) fill() {
	if o.App.Kind == "" {
		o.App.Kind = "camera"
	}
	if o.Scanner == nil {
		o.Scanner = func(ctx context.Context, picture image.Image) ([]barcode.Symbol, error) {
			return barcode.Decode(ctx, picture, nil)
		}
	}
	if o.Patience == 0 {
		o.Patience = 2 * time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// Scan implements [Terminal].
func (p *Payer) Scan(ctx context.Context, picture image.Image) (Code, error) {
	var symbols []barcode.Symbol
	err := p.step(ctx, StepScan, func() (detail string, err error) {
		if symbols, err = p.options.Scanner(ctx, picture); err != nil {
			return "", err
		}
		if len(symbols) == 0 {
			return "", errors.New("the picture shows no code")
		}
		return fmt.Sprintf("%s: %.200q", symbols[0].Format, symbols[0].Text), nil
	})
	if err != nil {
		return Code{}, err
	}
	return p.verify(ctx, symbols)
}

// Read implements [Terminal].
func (p *Payer) Read(ctx context.Context, address string) (Code, error) {
	return p.verify(ctx, []barcode.Symbol{{Text: address}})
}

// verify keeps the legal one among the symbols of a picture. Other symbols are
// common on a counter; two legal addresses are not for the terminal to choose
// between.
func (p *Payer) verify(ctx context.Context, symbols []barcode.Symbol) (code Code, err error) {
	err = p.step(ctx, StepVerify, func() (string, error) {
		var refused error
		for _, s := range symbols {
			if emvco.Recognize(s.Text) { // no address, whatever a policy says
				refused = errors.Join(refused, payloadError(s.Text))
				continue
			}
			verdict, err := p.peers.Codes.Verify(ctx, s.Text)
			switch {
			case err != nil:
				refused = errors.Join(refused, err)
			case code.Address() != "" && code.verdict.Address != verdict.Address:
				return "", fmt.Errorf("two payment codes are in view, for %s and %s: show one",
					code.verdict.Address.Host(), verdict.Address.Host())
			default:
				code = Code{s.Format, verdict}
			}
		}
		if code.Address() == "" {
			return "", refused
		}
		return describe(code.verdict), nil
	})
	if err != nil {
		return Code{}, err
	}
	return code, nil
}

func describe(v verify.Verdict) string {
	text := v.Address.Host() + " is legal"
	for _, m := range v.Matches {
		text += " by " + m.Method
		if m.Rule != "" {
			text += " " + m.Rule
		}
	}
	return text
}
