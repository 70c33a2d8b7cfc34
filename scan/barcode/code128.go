package barcode

import (
	"context"
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
)

// readCode128 reads along the rows of the view, then along its columns.
func (p pass) readCode128(ctx context.Context, view raster) ([]Symbol, error) {
	for _, columns := range []bool{false, true} {
		lines := view
		if columns {
			lines = view.turn()
		}
		binarizer, err := p.binarizer(lines)
		if err != nil {
			continue
		}
		result, err := p.twoLines(ctx, binarizer)
		if err != nil {
			return nil, err
		}
		if result == nil {
			continue
		}
		return []Symbol{{
			Format:  Code128,
			Text:    latin1(result.GetText()),
			Raw:     result.GetRawBytes(),
			Corners: lineEnds(result.GetResultPoints(), columns, p.scale()),
		}}, nil
	}
	return nil, nil
}

// twoLines gives the first text that two lines agree on, or nil. One line is
// not enough: the code has a single check digit and no error correction, so of
// a hundred misread lines one passes for right.
func (p pass) twoLines(ctx context.Context, binarizer gozxing.Binarizer) (*gozxing.Result, error) {
	height := binarizer.GetHeight()
	once := map[string]bool{}
	var row *gozxing.BitArray
	for _, y := range middleOut(height) {
		if err := ended(ctx); err != nil {
			return nil, err
		}
		var err error
		if row, err = binarizer.GetBlackRow(y, row); err != nil {
			continue
		}
		result := readLine(row, y)
		if result == nil || moduleWidth(result) < p.narrowest() {
			continue
		}
		if once[result.GetText()] {
			return result, nil
		}
		once[result.GetText()] = true
	}
	return nil, nil
}

// moduleWidth is the width of the narrowest bar in pixels. The result's points
// are the centres of the first and the last symbol character, and every
// character is 11 modules wide.
func moduleWidth(result *gozxing.Result) float64 {
	points := result.GetResultPoints()
	return gozxing.ResultPoint_Distance(points[0], points[1]) / float64(11*(len(result.GetRawBytes())-1))
}

// narrowest is the module width below which a line is not trusted: bars that
// cover no pixel wholly are misread the same way on many lines. It is a pixel
// and a half of the picture before doubling, which adds pixels but no detail.
func (p pass) narrowest() float64 {
	if p.double {
		return 3
	}
	return 1.5
}

// middleOut lists up to 256 lines, evenly spread, from the middle of the picture
// outwards: a person holds the code near the middle.
func middleOut(height int) []int {
	step := max(1, height/256)
	lines := []int{height / 2}
	for d := step; height/2-d >= 0; d += step {
		lines = append(lines, height/2-d)
		if height/2+d < height {
			lines = append(lines, height/2+d)
		}
	}
	return lines
}

// readLine decodes one line, from left to right and from right to left.
func readLine(row *gozxing.BitArray, y int) *gozxing.Result {
	reader := oned.NewCode128Reader().(oned.RowDecoder)
	if result, err := reader.DecodeRow(y, row, nil); err == nil && result.GetText() != "" {
		return result
	}
	row.Reverse()
	result, err := reader.DecodeRow(y, row, nil)
	if err != nil || result.GetText() == "" {
		return nil
	}
	points := result.GetResultPoints()
	for i, p := range points {
		points[i] = gozxing.NewResultPoint(float64(row.GetSize()-1)-p.GetX(), p.GetY())
	}
	return result
}

// latin1 gives UTF-8 for text that gozxing leaves in the code's own character
// set, ISO/IEC 8859-1, where a byte is a character.
func latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

func lineEnds(points []gozxing.ResultPoint, columns bool, scale float64) []image.Point {
	ends := make([]image.Point, len(points))
	for i, p := range points {
		x, y := p.GetX(), p.GetY()
		if columns {
			x, y = y, x
		}
		ends[i] = scaled(x, y, scale)
	}
	return ends
}
