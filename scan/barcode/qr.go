package barcode

import (
	"context"
	"image"
	"math"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// readQR finds three finder patterns, samples the square they span and decodes
// it. gozxing does the same in one call, but tries every three of any number of
// patterns and cannot be stopped: a small file of tiled patterns holds it for
// hours. So the search for patterns is ours, counted and under the context.
func (p pass) readQR(ctx context.Context, view raster) ([]Symbol, error) {
	binarizer, err := p.binarizer(view)
	if err != nil {
		return nil, nil
	}
	bits, err := binarizer.GetBlackMatrix()
	if err != nil { // too little contrast for a threshold
		return nil, nil
	}
	found, err := findPatterns(ctx, bits)
	if err != nil {
		return nil, err
	}
	square, err := spanned(bits, found)
	if err != nil {
		return nil, nil
	}
	decoded, err := decoder.NewDecoder().Decode(square.GetBits(), nil)
	if err != nil {
		return nil, nil
	}
	return []Symbol{{
		Format:  QR,
		Text:    decoded.GetText(),
		Raw:     decoded.GetRawBytes(),
		Corners: qrCorners(square, isMirrored(decoded), p.scale()),
	}}, nil
}

// spanned picks the three patterns that best make a square's corner, and
// samples the modules of that square.
func spanned(bits *gozxing.BitMatrix, finder *detector.FinderPatternFinder) (*common.DetectorResult, error) {
	best, err := finder.SelectBestPatterns()
	if err != nil {
		return nil, err
	}
	a, b, c := gozxing.ResultPoint_OrderBestPatterns(best[0], best[1], best[2])
	corner := detector.NewFinderPatternInfo(a.(*detector.FinderPattern), b.(*detector.FinderPattern), c.(*detector.FinderPattern))
	return detector.NewDetector(bits).ProcessFinderPatternInfo(corner)
}

func isMirrored(decoded *common.DecoderResult) bool {
	meta, ok := decoded.GetOther().(*decoder.QRCodeDecoderMetaData)
	return ok && meta.IsMirrored()
}

// qrCorners extends the centres of the patterns that were found to the outer
// corners of the code. The fourth point is an alignment pattern, or made up
// where there is none, just as it was for sampling.
func qrCorners(square *common.DetectorResult, mirrored bool, scale float64) []image.Point {
	points := square.GetPoints()
	bl, tl, tr := points[0], points[1], points[2]
	size := float64(square.GetBits().GetWidth())
	far := size - 3.5
	x, y, at := tr.GetX()-tl.GetX()+bl.GetX(), tr.GetY()-tl.GetY()+bl.GetY(), far
	if len(points) > 3 {
		x, y, at = points[3].GetX(), points[3].GetY(), far-3
	}
	outer := []float64{0, 0, size, 0, size, size, 0, size}
	common.PerspectiveTransform_QuadrilateralToQuadrilateral(
		3.5, 3.5, far, 3.5, at, at, 3.5, far,
		tl.GetX(), tl.GetY(), tr.GetX(), tr.GetY(), x, y, bl.GetX(), bl.GetY(),
	).TransformPoints(outer)

	corners := make([]image.Point, 4)
	for i := range corners {
		corners[i] = scaled(outer[2*i], outer[2*i+1], scale)
	}
	if mirrored {
		corners[1], corners[3] = corners[3], corners[1]
	}
	return corners
}

func scaled(x, y, scale float64) image.Point {
	return image.Pt(int(math.Round(x*scale)), int(math.Round(y*scale)))
}
