package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// pay scans a code and pays. A picture of the command line is judged before any
// server runs, and only a legal code says where the acquirer is; otherwise the
// town is there first and makes the code.
func pay(ctx context.Context, f flags, h *console.Host, p *console.Printer) (err error) {
	t, err := open(f, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	var code scan.Code
	port := 0
	if f.image != "" {
		if code, err = t.scan(ctx, f.image, h, p); err != nil {
			return err
		}
		if port, err = portOf(code); err != nil {
			return err
		}
	}
	begin := time.Now()
	if err := t.start(ctx, port, p); err != nil {
		return err
	}
	p.Step("servers", fmt.Sprintf("%s, %s, %s", t.Acquirer, t.Gateway, t.Wallet), time.Since(begin), nil)
	if f.image == "" {
		file, err := t.code(ctx, f, p)
		if err != nil {
			return err
		}
		if code, err = t.scan(ctx, file, h, p); err != nil {
			return err
		}
	}
	return t.walk(ctx, f, code, h, p)
}

// scan reads the picture in the file and lets the terminal judge the code.
func (t *town) scan(ctx context.Context, file string, h *console.Host, p *console.Printer) (scan.Code, error) {
	camera, err := t.camera()
	if err != nil {
		return scan.Code{}, err
	}
	terminal, err := camera.Open(h, p)
	if err != nil {
		return scan.Code{}, err
	}
	return console.Scan(ctx, terminal, file)
}

// walk is the terminal: it pays, and shows the order as both servers hold it.
func (t *town) walk(ctx context.Context, f flags, code scan.Code, h *console.Host, p *console.Printer) error {
	terminal, err := t.terminal(f, h, p)
	if err != nil {
		return err
	}
	result, err := terminal.Pay(ctx, code)
	if err != nil {
		return err
	}
	there, err := t.AskGateway(ctx, result.Order.ID)
	if err != nil {
		return err
	}
	p.Status("gateway", there)
	held, err := settled(ctx, scanhttp.New(t.Client(), nil), result.Order.ReturnAddress)
	if err != nil {
		return err
	}
	p.Status("acquirer", held)
	if there.State != order.StatePaid || held.State != order.StatePaid {
		return fmt.Errorf("the order is %s at the gateway and %s at the acquirer", there.State, held.State)
	}
	return nil
}

// settled waits for the gateway's notification to reach the acquirer.
func settled(ctx context.Context, acquirer order.Storefront, address string) (s order.Status, err error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		s, err = acquirer.Result(ctx, address)
		if err != nil || s.State.Final() {
			return s, err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return s, nil // the caller says what is missing
		}
	}
}

// serve keeps the town up for browsers until the program is stopped.
func serve(ctx context.Context, f flags, p *console.Printer) (err error) {
	t, err := open(f, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	if err := t.start(ctx, 0, p); err != nil {
		return err
	}
	p.Step("servers", fmt.Sprintf("%s, %s, %s", t.Acquirer, t.Gateway, t.Wallet), 0, nil)
	for _, m := range local.Merchants() {
		address, err := t.Code(ctx, m.ID)
		if err != nil {
			return err
		}
		p.Step("open", address, 0, nil)
	}
	p.Note("\nOpen one of these in a browser on this machine. Stop with Ctrl-C.\n")
	<-ctx.Done()
	return nil
}
