package barcode

import (
	"context"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
)

// pass is one way of looking at a picture. A code that one pass misses, for
// its size, its noise, its light or its colours, another often reads.
type pass struct {
	shrink int  // average squares of this many pixels a side, at least 1
	double bool // then double both sides; after shrinking this softens noise
	invert bool // then swap dark and light
	global bool // one threshold for the whole picture, not one for each region
}

// passes lists what is tried on a picture of w × h pixels, the most promising
// first. The first sees at most a megapixel: enough for a code held before a
// camera, a tenth of the work of a whole photograph. None sees more than four.
func passes(w, h int) []pass {
	fit, most := shrinkTo(w, h, 1_000_000), shrinkTo(w, h, 4_000_000)
	return firstOfEach([]pass{
		{shrink: fit},
		{shrink: 2 * fit},
		{shrink: 2 * fit, double: true},
		{shrink: most},
		{shrink: fit, double: true, global: true},
		{shrink: fit, double: true},
		{shrink: fit, invert: true},
		{shrink: 2 * fit, global: true},
	})
}

// shrinkTo gives the smallest whole factor that brings a picture down to so
// many pixels, and no side above 4096.
func shrinkTo(w, h, pixels int) int {
	area := math.Sqrt(float64(w) * float64(h) / float64(pixels))
	return int(math.Ceil(max(1, area, float64(max(w, h))/4096)))
}

func firstOfEach(list []pass) []pass {
	var unique []pass
	for _, p := range list {
		if !slices.Contains(unique, p) {
			unique = append(unique, p)
		}
	}
	return unique
}

// view is the picture as this pass sees it. It may have no pixels.
func (p pass) view(picture raster) raster {
	g := picture.shrink(p.shrink)
	if p.double {
		g = g.enlarge()
	}
	if p.invert {
		g.invert()
	}
	return g
}

// read looks for one format in the pass's view. No symbol and no error means
// that there was nothing to see.
func (p pass) read(ctx context.Context, view raster, format Format) ([]Symbol, error) {
	switch {
	case view.w == 0 || view.h == 0:
		return nil, nil
	case format == QR:
		return p.readQR(ctx, view)
	case p.global || p.invert: // each line of bars has its own threshold, and is dark on light
		return nil, nil
	default:
		return p.readCode128(ctx, view)
	}
}

// binarizer decides which pixels are dark.
func (p pass) binarizer(view raster) (gozxing.Binarizer, error) {
	source, err := gozxing.NewPlanarYUVLuminanceSource(view.pix, view.stride, view.h, 0, 0, view.w, view.h, false)
	if err != nil {
		return nil, err
	}
	if p.global {
		return gozxing.NewGlobalHistgramBinarizer(source), nil
	}
	return gozxing.NewHybridBinarizer(source), nil
}

// scale is how many pixels of the picture one of the view stands for.
func (p pass) scale() float64 {
	if p.double {
		return float64(p.shrink) / 2
	}
	return float64(p.shrink)
}
