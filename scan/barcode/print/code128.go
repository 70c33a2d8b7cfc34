package print

import (
	"fmt"
	"unicode"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"

	"github.com/anyscan/anyscan/scan/barcode"
)

// maxCode128 is where a Code 128 becomes too wide for a hand-held camera.
const maxCode128 = 40

// Code128 makes a Code 128 (ISO/IEC 15417) with a border of 10 modules left and
// right. Its bars are a sixth of its width high, so that a line through it can
// be a few degrees askew.
//
// Errors: *TextError (empty, longer than 40 characters, or not ASCII),
// *OptionError, *ReadBackError.
func Code128(text string, opts *Options) (*Code, error) {
	o, err := opts.filled(4)
	if err != nil {
		return nil, err
	}
	if err := checkCode128(text); err != nil {
		return nil, err
	}
	if o.Logo != nil {
		return nil, &OptionError{"Logo", "would hide bars that a Code 128 cannot do without: a QR code can"}
	}
	border := map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 20} // both sides together
	bits, err := oned.NewCode128Writer().Encode(text, gozxing.BarcodeFormat_CODE_128, 0, 0, border)
	if err != nil {
		return nil, &TextError{barcode.Code128, fmt.Sprintf("the text cannot be encoded: %v", err)}
	}
	code, err := newCode(text, bars(bits), o)
	if err != nil {
		return nil, err
	}
	return code.proven(barcode.Code128)
}

func checkCode128(text string) error {
	if text == "" {
		return &TextError{barcode.Code128, "the text is empty"}
	}
	if len(text) > maxCode128 {
		return &TextError{barcode.Code128, fmt.Sprintf("the text has %d bytes; at most %d ASCII characters are printed", len(text), maxCode128)}
	}
	for i, r := range text {
		if r > unicode.MaxASCII {
			return &TextError{barcode.Code128, fmt.Sprintf("byte %d of the text is not ASCII; at most %d ASCII characters are printed", i, maxCode128)}
		}
	}
	return nil
}

// bars stretches one row of bars to the height of a code.
func bars(bits *gozxing.BitMatrix) [][]bool {
	row := make([]bool, bits.GetWidth())
	for x := range row {
		row[x] = bits.Get(x, 0)
	}
	rows := make([][]bool, max(32, len(row)/6))
	for y := range rows {
		rows[y] = row
	}
	return rows
}
