package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/reconcile"
	"github.com/anyscan/anyscan/order/wire"
)

const date reconcile.Date = "2026-11-23"

// day makes a day, closes it, and matches.
func (f flags) day(ctx context.Context, p *console.Printer) (err error) {
	dir, err := os.MkdirTemp("", "anyscan-reconcile-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	period, err := calendar().Day(date)
	if err != nil {
		return err
	}
	t, err := open(ctx, dir, period.From.Add(9*time.Hour))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	keys, err := t.trade(ctx, p)
	if err != nil {
		return err
	}
	t.set(period.Until.Add(2 * time.Hour))
	files, err := t.closeDay(ctx, p)
	if err != nil {
		return err
	}
	if err := f.keep(files, t); err != nil {
		return err
	}
	if err := t.matchFile(ctx, p, files[reconcile.CSV], keys); err != nil {
		return err
	}
	return t.matchStatement(ctx, p, period)
}

// trade takes the day's payments, one a minute, gives some back, and spoils their
// records. keys are what a break of each would be about: its order, or its refund.
func (t *town) trade(ctx context.Context, p *console.Printer) (keys []string, err error) {
	stop := t.work(ctx)
	defer func() { err = errors.Join(err, stop()) }()
	for _, s := range sales() {
		start := time.Now()
		id, err := t.pay(ctx, s)
		key := string(id)
		if err == nil && s.back > 0 {
			key, err = t.giveBack(ctx, id, s.back)
		}
		if err == nil && s.spoil != nil {
			err = s.spoil(t, ctx, id)
		}
		p.Step("pay", fmt.Sprintf("%s: %s", id, s.what), time.Since(start), err)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
		t.set(t.clock().Add(time.Minute))
	}
	start := time.Now()
	err = t.outside(ctx)
	p.Step("pay", "outside: the gateway knows nothing of it", time.Since(start), err)
	return keys, err
}

// work runs the gateway in the background until stop.
func (t *town) work(ctx context.Context) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- t.gateway.Run(ctx) }()
	return func() error { cancel(); return <-ended }
}

// closeDay starts the gateway on the day after, which makes the files of the day
// that has ended, and asks for the bank's.
func (t *town) closeDay(ctx context.Context, p *console.Printer) (files map[reconcile.Format][]byte, err error) {
	start := time.Now()
	if err := t.startGateway(ctx); err != nil {
		return nil, err
	}
	stop := t.work(ctx)
	defer func() { err = errors.Join(err, stop()) }()
	files = map[reconcile.Format][]byte{}
	for _, format := range []reconcile.Format{reconcile.CSV, reconcile.JSONLines} {
		raw, err := t.fetch(ctx, format)
		if err != nil {
			return nil, err
		}
		files[format] = raw
		p.Step("file", fmt.Sprintf("%s-%s.%s, %d bytes", bank, date, format, len(raw)), time.Since(start), nil)
	}
	return files, nil
}

// fetch asks for the file until it is made.
func (t *town) fetch(ctx context.Context, f reconcile.Format) ([]byte, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var raw bytes.Buffer
		err := t.gateway.File(ctx, bank, date, f, &raw)
		if !errors.Is(err, order.CodeNotFound) {
			return raw.Bytes(), err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// keep writes the files where the command line wants them.
func (f flags) keep(files map[reconcile.Format][]byte, t *town) error {
	if f.out == "" {
		return nil
	}
	keys, err := wire.FormatKeySet(wire.Key{Public: t.files.Public()})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.out, 0o700); err != nil {
		return err
	}
	err = os.WriteFile(filepath.Join(f.out, "clearing.jwks"), keys, 0o600)
	for format, raw := range files {
		name := fmt.Sprintf("%s-%s.%s", bank, date, format)
		err = errors.Join(err, os.WriteFile(filepath.Join(f.out, name), raw, 0o600))
	}
	return err
}

// matchFile is the acquirer's side.
func (t *town) matchFile(ctx context.Context, p *console.Printer, raw []byte, broken []string) error {
	start := time.Now()
	keys, err := wire.NewKeys(t.files.Public())
	if err != nil {
		return err
	}
	r, err := reconcile.NewReader(bytes.NewReader(raw), keys, &reconcile.ReaderOptions{Acquirer: bank, Date: date})
	if err != nil {
		return err
	}
	report, err := reconcile.MatchFile(ctx, r, t.acquirer.Records(), &reconcile.MatchOptions{Fee: reconcile.Rate{BasisPoints: 60}.Fee})
	if err != nil {
		return err
	}
	show(p, "acquirer", report, start)
	var want []string
	for i, kind := range expected() {
		if kind != "" {
			want = append(want, kind+" "+broken[i])
		}
	}
	return compare("the acquirer", report, want)
}

// matchStatement is the institution's side towards the wallet company.
func (t *town) matchStatement(ctx context.Context, p *console.Printer, period reconcile.Period) error {
	start := time.Now()
	report, err := t.gateway.MatchStatement(ctx, blue, period, t.company.Statement(blue, period), nil)
	if err != nil {
		return err
	}
	show(p, "gateway", report, start)
	return compare("the gateway", report, []string{"missing_here outside"})
}

func show(p *console.Printer, who string, r reconcile.Report, start time.Time) {
	p.Step("match", fmt.Sprintf("%s: %d here, %d there, %d agree, %d breaks, %d pending",
		who, r.Here, r.There, r.Matched, len(r.Breaks), len(r.Pending)), time.Since(start), nil)
	for _, b := range r.Breaks {
		p.Step("break", b.String(), time.Since(start), nil)
	}
}

// compare fails a run that did not find what was spoiled, or found more.
func compare(who string, r reconcile.Report, want []string) error {
	var got []string
	for _, b := range r.Breaks {
		got = append(got, fmt.Sprintf("%s %s", b.Kind, b.Key))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s found %q: want %q", who, got, want)
	}
	return nil
}
