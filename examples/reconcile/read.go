package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/order/reconcile"
	"github.com/anyscan/anyscan/order/wire"
)

// read reads and verifies a file, and prints what it comes to.
func (f flags) read(ctx context.Context, p *console.Printer) (err error) {
	start := time.Now()
	raw, err := os.ReadFile(f.keys)
	if err != nil {
		return err
	}
	set, err := wire.ParseKeySet(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", f.keys, err)
	}
	keys, err := wire.NewKeySet(set, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", f.keys, err)
	}
	file, err := os.Open(f.file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	r, err := reconcile.NewReader(file, keys, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", f.file, err)
	}
	n := 0
	for _, err := range r.Entries(ctx) {
		if err != nil {
			return fmt.Errorf("%s: %w", f.file, err)
		}
		n++
	}
	h := r.Header()
	p.Step("proven", fmt.Sprintf("%s, file %d of %s for %s, %d entries", h.Date, h.Sequence, h.Institution, h.Acquirer, n), time.Since(start), nil)
	for _, t := range r.Totals() {
		p.Step("total", fmt.Sprintf("%d payments %d, %d refunds %d, fees %d, net %d, in minor units of %s", t.Payments.Count, t.Payments.Gross,
			t.Refunds.Count, t.Refunds.Gross, t.All.Fee, t.All.Net(), t.Currency), time.Since(start), nil)
	}
	return nil
}
