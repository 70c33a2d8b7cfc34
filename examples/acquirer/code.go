package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/scan/barcode/print"
	"github.com/anyscan/anyscan/scan/barcode/print/sheet"
)

// patience is how long the gateway may take to answer the staff.
const patience = 20 * time.Second

// issue has a code issued and shows it.
func (f flags) issue(ctx context.Context, out, stderr io.Writer) (err error) {
	office, done, err := f.office(ctx, stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	code, err := f.ask(ctx, office)
	if err != nil {
		return fmt.Errorf("no code for %s: %w", f.code, err)
	}
	return f.show(ctx, out, code)
}

// ask asks for a static code, or with an amount for a dynamic one.
func (f flags) ask(ctx context.Context, office *acquirer.Server) (order.IssuedCode, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if f.amount == "" {
		expires := time.Now().AddDate(1, 0, 0)
		return roles.Issue(ctx, func(key string) (order.IssuedCode, error) { return office.StaticCode(ctx, f.code, expires, key) })
	}
	m, err := shops().Merchant(ctx, f.code)
	if err != nil {
		return order.IssuedCode{}, err
	}
	amount, err := order.ParseMoney(f.amount, m.Currency)
	if err != nil {
		return order.IssuedCode{}, err
	}
	return roles.Issue(ctx, func(key string) (order.IssuedCode, error) { return office.DynamicCode(ctx, f.code, amount, key) })
}

// show prints the code's address and draws it, here or in a file.
func (f flags) show(ctx context.Context, out io.Writer, c order.IssuedCode) error {
	use := print.UsePaper
	if c.Kind == order.IssuedDynamic {
		use = print.UseScreen
	}
	qr, err := print.Address(c.Address, &print.Options{Use: use})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "%s\n%s, good until %s\n", c.Address, c.Kind, c.Expires.Format(time.RFC3339)); err != nil {
		return err
	}
	if f.out == "" {
		return qr.Terminal(out)
	}
	return program.WriteFile(f.out, func(w *os.File) error { return f.picture(ctx, w, qr) })
}

// picture writes a code in the form that the file's name asks for.
func (f flags) picture(ctx context.Context, w io.Writer, qr *print.Code) error {
	switch filepath.Ext(f.out) {
	case ".svg":
		return qr.SVG(w)
	case ".pdf":
		return f.sheet(ctx, w, qr)
	}
	return qr.PNG(w)
}

// sheet writes a sheet to be put up at the merchant's.
func (f flags) sheet(ctx context.Context, w io.Writer, qr *print.Code) error {
	m, err := shops().Merchant(ctx, f.code)
	if err != nil {
		return err
	}
	s, err := sheet.A6(qr, sheet.Content{Headline: "Scan with any app", Merchant: m.Name})
	if err != nil {
		return err
	}
	return s.PDF(w)
}
