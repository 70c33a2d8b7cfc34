package sheet

import (
	"context"
	"fmt"

	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

// Sheet is a finished sheet.
type Sheet struct{ drawing *drawing }

// A6 sets a code on an upright sheet of 105 x 148 mm (ISO 216), as large as the
// texts leave room: about 80 mm of a QR code, which is read from an arm's length
// and more, and about 50 mm beside as much text as fits. Of the code's options
// neither Scale nor Millimetres matter.
//
// Errors: *ContentError, *CodeError.
func A6(code *print.Code, c Content) (*Sheet, error) {
	if code == nil || code.Text() == "" {
		return nil, &CodeError{Problem: "is nil or empty; make one with package print"}
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	texts, err := c.set()
	if err != nil {
		return nil, err
	}
	d, err := arrange(code, texts)
	if err != nil {
		return nil, err
	}
	d.title = c.Merchant
	s := &Sheet{d}
	if err := s.readBack(code.Text()); err != nil {
		return nil, err
	}
	return s, nil
}

// readBack makes sure that the sheet has one code, which says text.
func (s *Sheet) readBack(text string) error {
	symbols, err := barcode.Decode(context.Background(), s.Image(), nil)
	if err != nil {
		return &CodeError{"cannot be read from the finished sheet", err}
	}
	if len(symbols) != 1 || symbols[0].Text != text {
		return &CodeError{fmt.Sprintf("is not what the finished sheet says: %d codes are read from it, the first as another text", len(symbols)), nil}
	}
	return nil
}
