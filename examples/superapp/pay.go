package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/scanhttp"
	"github.com/anyscan/anyscan/verify"
)

// agree is who consents when nobody is there: whoever wrote -pay, to a total that
// the page fixes. nil asks the person.
func (f flags) agree(person io.Reader) console.Agree {
	if person != nil || f.pays == "" {
		return nil
	}
	return func(p order.Page) (a scan.Answer, err error) {
		if p.Kind == order.PageShop || p.Total == (order.Money{}) {
			err = fmt.Errorf("%s wants goods or an amount to be chosen, and nobody is there: %w", p.MerchantName, scan.ErrCanceled)
		}
		return a, err
	}
}

// pay takes one payment and remembers what paid.
func (f flags) pay(ctx context.Context, h *console.Host, p *console.Printer, stderr io.Writer) error {
	settings := settings{f.settings}
	terminal, err := f.terminal(settings.component(stderr))
	if err != nil {
		return err
	}
	payer, err := terminal.Open(h, p)
	if err != nil {
		return err
	}
	code, err := console.Scan(ctx, payer, f.image)
	if other, ok := errors.AsType[*scan.PayloadError](err); ok {
		p.Payload(other)
	}
	if err != nil {
		return err
	}
	result, err := payer.Pay(ctx, code)
	if err != nil {
		return err
	}
	p.Result(result)
	if result.State != order.StatePaid {
		return fmt.Errorf("the order is %s", result.State)
	}
	settings.remember(result.Payment.Component, stderr)
	return nil
}

// terminal is made of the flags and the component that was remembered.
func (f flags) terminal(remembered string) (console.Terminal, error) {
	keys, err := program.ReadKeys(f.codes)
	if err != nil {
		return console.Terminal{}, fmt.Errorf("-codes: %w", err)
	}
	codes, err := program.CodePolicy(keys, f.dev)
	if err != nil {
		return console.Terminal{}, fmt.Errorf("-codes: %s: %w", f.codes, err)
	}
	gateways, err := verify.Hosts([]string{f.gateway}, &verify.Options{Development: f.dev})
	if err != nil {
		return console.Terminal{}, fmt.Errorf("-gateway: %w", err)
	}
	client, err := f.client()
	if err != nil {
		return console.Terminal{}, fmt.Errorf("-ca: %w", err)
	}
	t := console.Terminal{Codes: codes, Gateways: gateways, Client: client, Wallet: f.wallet, Mode: f.mode, Component: f.pays}
	if f.mode == gateway.ModeTerminal {
		t.Component = cmp.Or(f.standard, f.pays, remembered)
	}
	return t, nil
}

// client reaches this machine alone in development, and the public else.
func (f flags) client() (*http.Client, error) {
	pool := scanhttp.PublicClient().Transport.(*http.Transport)
	if f.dev {
		pool = roles.Localhost()
	}
	if f.ca != "" {
		authorities, err := program.Authorities(f.ca)
		if err != nil {
			return nil, err
		}
		pool.TLSClientConfig = program.ClientTLS(authorities, nil)
	}
	return &http.Client{Timeout: 30 * time.Second, Transport: pool}, nil
}
