package sheet_test

import (
	"errors"
	"testing"

	"golang.org/x/image/font/gofont/gosmallcaps"

	"github.com/anyscan/anyscan/scan/barcode/print/sheet"
)

// A file that is no font, or a broken one, is refused or draws something: it does
// not bring the caller down. It is asked for a letter that no font of ours has.
func FuzzFont(f *testing.F) {
	f.Add(uint32(0), []byte(nil))
	f.Add(uint32(12), []byte("\xff\xff"))
	f.Add(uint32(300), []byte("glyf"))
	f.Add(uint32(20000), []byte{0xff})
	code := paper(f)
	f.Fuzz(func(t *testing.T, at uint32, change []byte) {
		font := append([]byte(nil), gosmallcaps.TTF...)
		copy(font[at%uint32(len(font)):], change)
		_, err := sheet.A6(code, sheet.Content{Merchant: "Caf\u00e9 \ue000", Fonts: [][]byte{font}})
		var content *sheet.ContentError
		var unread *sheet.CodeError
		if err != nil && !errors.As(err, &content) && !errors.As(err, &unread) {
			t.Errorf("%T: %v", err, err)
		}
	})
}
