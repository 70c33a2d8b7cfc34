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
	if again, err := code.proven(barcode.QR); err != nil || again != code {
		t.Error(err)
	}
	var unread *ReadBackError
	other := *code
	other.text = "https://shop.example/2"
	if again, err := other.proven(barcode.QR); !errors.As(err, &unread) || unread.Err != nil || again != nil {
		t.Errorf("another text: %v", err)
	}
	var nothing *barcode.NotFoundError
	blank := &Code{text: "x", modules: [][]bool{make([]bool, 29), make([]bool, 29)}, scale: 8}
	if _, err := blank.proven(barcode.QR); !errors.As(err, &unread) || !errors.As(err, &nothing) {
		t.Errorf("no code: %v", err)
	}
	if _, err := code.proven(barcode.Code128); !errors.As(err, &nothing) {
		t.Errorf("another format: %v", err)
	}
}
