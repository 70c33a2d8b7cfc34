package print

import (
	"errors"
	"testing"

	"github.com/anyscan/anyscan/scan/barcode"
)

// A picture that does not say the text is never returned.
func TestReadBack(t *testing.T) {
	code, err := QR("https://shop.example/1", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := code.readBack(barcode.QR, "https://shop.example/1"); err != nil {
		t.Error(err)
	}
	var unread *ReadBackError
	if err := code.readBack(barcode.QR, "https://shop.example/2"); !errors.As(err, &unread) || unread.Err != nil {
		t.Errorf("another text: %v", err)
	}
	var nothing *barcode.NotFoundError
	blank := &Code{modules: [][]bool{make([]bool, 29), make([]bool, 29)}, scale: 8}
	if err := blank.readBack(barcode.QR, "x"); !errors.As(err, &unread) || !errors.As(err, &nothing) {
		t.Errorf("no code: %v", err)
	}
	if err := code.readBack(barcode.Code128, "https://shop.example/1"); !errors.As(err, &nothing) {
		t.Errorf("another format: %v", err)
	}
}
