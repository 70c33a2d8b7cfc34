package barcode

import (
	"context"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

const (
	// maxPatterns bounds the finder patterns of one pass. All triples of them
	// are weighed, so the work grows with the third power. A page of a hundred
	// codes has 300.
	maxPatterns = 400

	// maxCrossings bounds the places that look like a pattern along one row.
	// Each is checked along its column, which costs up to the picture's
	// height.
	maxCrossings = 50_000
)

// findPatterns collects the finder patterns of QR codes: five runs of dark and
// light in the ratio 1:1:3:1:1 in a row, and then, by gozxing's check, in the
// column and the diagonal as well. It gives up with a *LimitError on pictures
// that have more of them than any page of codes.
func findPatterns(ctx context.Context, bits *gozxing.BitMatrix) (*detector.FinderPatternFinder, error) {
	finder := detector.NewFinderPatternFinder(bits, nil)
	crossings := 0
	for y := 1; y < bits.GetHeight(); y += 2 { // a pattern's centre is three modules high
		if err := ended(ctx); err != nil {
			return nil, err
		}
		crossings += scanRow(bits, y, func(runs []int, end int) {
			finder.HandlePossibleCenter(runs, y, end)
		})
		if crossings > maxCrossings || len(finder.GetPossibleCenters()) > maxPatterns {
			return nil, &LimitError{What: "finder patterns", Limit: maxPatterns}
		}
	}
	return finder, nil
}

// scanRow calls hit for every five runs of row y that are in a finder pattern's
// ratio, with their lengths and the column after the last. It returns how many
// there were.
func scanRow(bits *gozxing.BitMatrix, y int, hit func(runs []int, end int)) int {
	var runs [5]int // lengths of the last five runs, the newest last
	dark, hits, width := false, 0, bits.GetWidth()
	for x := range width + 1 {
		pixel := x < width && bits.Get(x, y)
		if pixel == dark {
			runs[4]++
			continue
		}
		if dark && detector.FinderPatternFinder_foundPatternCross(runs[:]) {
			hits++
			hit(runs[:], x)
		}
		copy(runs[:], runs[1:])
		dark, runs[4] = pixel, 1
	}
	return hits
}
