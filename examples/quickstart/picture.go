package main

import (
	"context"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"time"

	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

// code has the merchant's code issued, writes its picture, and shows it.
func (t *town) code(ctx context.Context, f flags, p *printer) (file string, err error) {
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
	p.step("code", detail, time.Since(begin), nil)
	if p.json {
		return file, nil
	}
	return file, code.Terminal(p.out)
}

func (f flags) merchant() string {
	if f.shop {
		return "teahouse"
	}
	return "cafe"
}

func writePNG(file string, code *print.Code) error {
	return writeFile(file, func(w *os.File) error { return code.PNG(w) })
}

// readPicture reads a file. Opening a pipe would wait for who knows whom.
func readPicture(ctx context.Context, file string) (image.Image, error) {
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file with a picture", file)
	}
	if err != nil {
		return nil, err
	}
	r, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return barcode.ReadImage(ctx, r, nil)
}
