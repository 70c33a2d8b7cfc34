package print

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/skip2/go-qrcode"

	"github.com/anyscan/anyscan/scan/barcode"
)

// quietZone is the light border of a QR code, in modules.
const quietZone = 4

// QR makes a QR code (ISO/IEC 18004) of the smallest version that holds text,
// with a border of 4 modules. The text is written as UTF-8 without a character
// set marker, which old readers do not know; so a reader has to guess, and some
// guess wrong for text beyond ASCII. An address is ASCII.
//
// Errors: *TextError (empty, not UTF-8, beginning with a byte order mark, or longer
// than the level holds), *OptionError, *ReadBackError.
func QR(text string, opts *Options) (*Code, error) {
	code, err := encodeQR(text, opts)
	if err != nil {
		return nil, err
	}
	return code.proven(barcode.QR)
}

// encodeQR makes a QR code that nobody has read back yet.
func encodeQR(text string, opts *Options) (*Code, error) {
	o, err := opts.filled(8)
	if err != nil {
		return nil, err
	}
	level, limit, err := o.Level.recovery()
	if err != nil {
		return nil, err
	}
	if err := checkQR(text, o.Level, limit); err != nil {
		return nil, err
	}
	symbol, err := qrcode.New(text, level)
	if err != nil {
		return nil, &TextError{barcode.QR, fmt.Sprintf("the text cannot be encoded: %v", err)}
	}
	return newCode(text, symbol.Bitmap(), o)
}

// recovery gives the level in go-qrcode's words, and how many bytes the largest
// code of that level holds (ISO/IEC 18004, table 7).
func (l Level) recovery() (qrcode.RecoveryLevel, int, error) {
	switch l {
	case LevelL:
		return qrcode.Low, 2953, nil
	case LevelM:
		return qrcode.Medium, 2331, nil
	case LevelQ:
		return qrcode.High, 1663, nil
	case LevelH:
		return qrcode.Highest, 1273, nil
	}
	return 0, 0, &OptionError{"Level", fmt.Sprintf("is %q; L, M, Q and H are possible", string(l))}
}

func checkQR(text string, level Level, limit int) error {
	switch {
	case text == "":
		return &TextError{barcode.QR, "the text is empty"}
	case !utf8.ValidString(text):
		return &TextError{barcode.QR, "the text is not valid UTF-8"}
	case strings.HasPrefix(text, "\ufeff"):
		return &TextError{barcode.QR, "the text begins with U+FEFF, which readers take for a mark of its encoding: leave it out"}
	case len(text) > limit:
		return &TextError{barcode.QR, fmt.Sprintf("the text has %d bytes; level %s holds at most %d", len(text), string(level), limit)}
	}
	return nil
}
