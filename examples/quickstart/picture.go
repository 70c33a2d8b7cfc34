package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

// code has the merchant's code issued, writes its picture, and shows it.
func (t *town) code(ctx context.Context, f flags, p *console.Printer) (file string, err error) {
	begin := time.Now()
	address, err := t.Code(ctx, f.merchant())
	if err != nil {
		return "", err
	}
	code, err := print.QR(address, nil)
	if err != nil {
		return "", err
	}
	file = filepath.Join(t.Dir, "code.png")
	if err := writePNG(file, code); err != nil {
		return "", err
	}
	detail := file
	if f.dir == "" {
		detail += " (-dir keeps it)"
	}
	p.Step("code", detail, time.Since(begin), nil)
	if p.JSON {
		return file, nil
	}
	return file, code.Terminal(p.Out)
}

func (f flags) merchant() string {
	if f.shop {
		return "teahouse"
	}
	return "cafe"
}

func writePNG(file string, code *print.Code) error {
	return program.WriteFile(file, func(w *os.File) error { return code.PNG(w) })
}
