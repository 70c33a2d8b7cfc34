package barcode

import (
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// attempt is a triple that was not read at a glance.
type attempt struct {
	triple
	square
	dims []int // the sizes that it may have
}

// glance reads the code that three patterns span by them alone, as can be done
// where it lies flat. Where it gives no symbol, the attempt is what a closer look
// begins with.
func (l *look) glance(t triple) (a attempt, s *Symbol, outer [4]point, err error) {
	a = attempt{triple: t, square: l.view.measure(t)}
	if err := l.m.spend(20_000); err != nil {
		return a, nil, outer, err
	}
	dims := l.view.dims(&a.square)
	for _, dim := range dims[:min(len(dims), l.plan.sizes)] {
		flat, result, fit, err := l.readFlat(&a.square, dim)
		if result != nil || err != nil {
			s, outer, err = l.symbol(result, &flat, err)
			return a, s, outer, err
		}
		if fit <= hopeless {
			a.dims = append(a.dims, dim)
		}
	}
	return a, nil, outer, nil
}

// hopeless is the share of misfits beyond which three patterns are not those
// of one code. By chance it is a half; the patterns themselves, which the
// outlines were taken from, fit also where the paper is bent.
const hopeless = 0.36

// readFlat reads a code of a given size by its three finder patterns alone. fit is
// the share of misfits.
func (l *look) readFlat(s *square, dim int) (gr grid, result *common.DecoderResult, fit float64, err error) {
	h, ok := s.plane(dim)
	if !ok {
		return grid{}, nil, 1, nil
	}
	gr = grid{dim: dim, h: h}
	sample, err := l.view.sample(l.m, &gr)
	if err != nil {
		return gr, nil, 1, err
	}
	bits := sample.bits(sample.means(4))
	if fit = misfits(bits, dim); fit < 0.02 && dim < meshed {
		result, err = l.decode(bits, dim)
	}
	return gr, result, fit, err
}

// scrutinize reads a code that a glance has not read, or gives nil: it follows the
// paper by the alignment patterns, and what is round.
func (l *look) scrutinize(a *attempt) (*Symbol, [4]point, error) {
	for _, dim := range a.dims {
		gr, err := l.view.bend(l.m, &a.square, dim)
		if err != nil {
			return nil, [4]point{}, err
		}
		if gr.dim == 0 {
			continue
		}
		result, fit, err := l.readGrid(&gr)
		if err == nil && result == nil && fit < 0.25 && gr.nodes == nil {
			if gr, err = l.settle(&a.square, gr); err == nil {
				result, _, err = l.readGrid(&gr)
			}
		}
		if err != nil {
			return nil, [4]point{}, err
		}
		if result != nil {
			return l.symbol(result, &gr, nil)
		}
	}
	if l.m.curves > 0 {
		return l.readCurved(&a.square)
	}
	return nil, [4]point{}, nil
}

// readGrid samples the grid and decodes what it shows, in several ways of
// telling dark from light. fit is the smallest share of misfits among them.
func (l *look) readGrid(gr *grid) (result *common.DecoderResult, fit float64, err error) {
	s, err := l.view.sample(l.m, gr)
	if err != nil {
		return nil, 1, err
	}
	fit = 1
	for i := range 4 {
		if err := l.m.spend(40 * len(s.grey)); err != nil {
			return nil, fit, err
		}
		var bits []bool
		switch i {
		case 0:
			bits = s.bits(s.means(4))
		case 1:
			sharp := s.sharpened(0.25)
			bits = sharp.bits(sharp.means(4))
		case 2:
			bits = s.bits(s.halfway(2))
		case 3:
			sharp := s.sharpened(0.15)
			bits = sharp.bits(sharp.halfway(3))
		}
		share := misfits(bits, gr.dim)
		fit = min(fit, share)
		if share > 0.3 {
			if i == 0 && share > 0.4 {
				break
			}
			continue
		}
		if result, err := l.decode(bits, gr.dim); result != nil || err != nil {
			return result, fit, err
		}
	}
	return nil, fit, nil
}

// decode corrects errors and reads the content.
func (l *look) decode(bits []bool, dim int) (*common.DecoderResult, error) {
	if err := l.m.spend(100 * len(bits)); err != nil {
		return nil, err
	}
	result := corrected(bits, dim, nil)
	if result == nil {
		return nil, nil
	}
	if charset := hints(result.GetByteSegments()); charset != nil {
		if again := corrected(bits, dim, charset); again != nil {
			return again, nil
		}
	}
	return result, nil
}

// corrected is what gozxing makes of the modules, or nil. A code without
// content is none.
func corrected(bits []bool, dim int, hints map[gozxing.DecodeHintType]any) *common.DecoderResult {
	m, err := matrix(bits, dim)
	if err != nil {
		return nil
	}
	result, err := decoder.NewDecoder().Decode(m, hints)
	if err != nil || len(result.GetRawBytes()) == 0 {
		return nil
	}
	return result
}
