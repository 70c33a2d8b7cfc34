package sheet

import (
	"errors"
	"testing"

	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

// A sheet whose code does not say the text, or not alone, is not given out.
func TestReadBack(t *testing.T) {
	code, err := print.QR("https://shop.example/1", nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := A6(code, Content{Merchant: "Café"})
	if err != nil {
		t.Fatal(err)
	}
	var refused *CodeError
	if err := s.readBack("https://shop.example/2"); !errors.As(err, &refused) {
		t.Errorf("another text: %v", err)
	}
	twice := *s.drawing
	twice.paths = nil
	twice.place(code, 1, 20)
	twice.place(code, 1, 90)
	if err := (&Sheet{&twice}).readBack(code.Text()); !errors.As(err, &refused) {
		t.Errorf("two codes: %v", err)
	}
	var nothing *barcode.NotFoundError
	if err := (&Sheet{&drawing{width: width, height: height}}).readBack(code.Text()); !errors.As(err, &nothing) {
		t.Errorf("no code: %v", err)
	}
}
