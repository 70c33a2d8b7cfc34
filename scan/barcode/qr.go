package barcode

import (
	"image"
	"math"
	"slices"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// readQR reads the QR codes of a view. left says that finder patterns were
// seen that belong to none of them, so that another look may read more.
func (l *look) readQR() (symbols []Symbol, left bool, err error) {
	bits := l.bits
	step := 1
	if min(bits.w, bits.h) > 200 {
		step = 2
	}
	f := &l.finder
	f.reset(bits)
	crowded, err := f.search(l.m, step)
	if err != nil {
		return nil, false, err
	}
	list, err := triples(l.m, f.found)
	if err != nil {
		return nil, false, err
	}
	failed := 0
	var read [][4]point
	for _, t := range list {
		if used(read, t) {
			continue
		}
		s, outer, err := l.readTriple(t)
		if err != nil {
			return symbols, true, err
		}
		if s == nil {
			if failed++; failed >= l.plan.tries {
				break
			}
			continue
		}
		read = append(read, outer)
		symbols = append(symbols, *s)
	}
	if crowded && len(symbols) == 0 {
		return nil, true, &LimitError{What: "finder patterns", Limit: maxPatterns}
	}
	return symbols, l.unread(f.found, read), nil
}

// unread says whether at least two patterns lie outside all codes that were
// read: the third of a code may have been missed.
func (l *look) unread(found []pattern, read [][4]point) bool {
	n := 0
	for _, p := range found {
		if !slices.ContainsFunc(read, func(c [4]point) bool { return inside(c, p.point) }) {
			n++
		}
	}
	return n >= 2
}

// used says whether a pattern of t is one of a code that has been read, or t
// makes a code that reaches from inside one to the outside.
func used(read [][4]point, t triple) bool {
	for _, c := range read {
		in := 0
		for _, p := range []point{t.corner.point, t.right.point, t.below.point} {
			if inside(c, p) {
				in++
			}
			for i := range c { // the pattern's middle is 5 modules from the corner
				if p.away(c[i]) < 0.35*c[i].away(c[(i+2)%4]) && in > 0 && t.right.away(t.below.point) > 0.5*c[1].away(c[3]) {
					return true
				}
			}
		}
		if in > 0 && in < 3 {
			return true
		}
	}
	return false
}

// inside says whether p lies in a code, whose corners go round.
func inside(c [4]point, p point) bool {
	side := 0
	for i := range 4 {
		if c[(i+1)%4].minus(c[i]).cross(p.minus(c[i])) > 0 {
			side++
		}
	}
	return side == 0 || side == 4
}

// readTriple reads the code that three patterns span, or gives nil.
func (l *look) readTriple(t triple) (*Symbol, [4]point, error) {
	s := l.view.measure(t)
	dims := l.view.dims(&s)
	if err := l.m.spend(20_000); err != nil {
		return nil, [4]point{}, err
	}
	for _, dim := range dims[:min(len(dims), l.plan.sizes)] {
		flat, result, fit, err := l.glance(&s, dim)
		if result != nil || err != nil {
			return l.symbol(result, &flat, err)
		}
		if fit > hopeless {
			continue
		}
		gr, err := l.view.bend(l.m, &s, dim)
		if err != nil {
			return nil, [4]point{}, err
		}
		if gr.dim == 0 {
			continue
		}
		result, fit, err = l.readGrid(&gr)
		if err == nil && result == nil && fit < 0.25 && gr.nodes == nil {
			if gr, err = l.settle(&s, gr); err == nil {
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
	return nil, [4]point{}, nil
}

// hopeless is the share of misfits beyond which three patterns are not those
// of one code. By chance it is a half; the patterns themselves, which the
// outlines were taken from, fit also where the paper is bent.
const hopeless = 0.36

// glance reads a code that lies flat, which most do, by its three finder
// patterns alone. fit is the share of misfits.
func (l *look) glance(s *square, dim int) (gr grid, result *common.DecoderResult, fit float64, err error) {
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

// settle moves the fourth corner to where the modules stand out most.
func (l *look) settle(s *square, gr grid) (grid, error) {
	at := float64(gr.dim) - 3.5
	best, err := l.standout(&gr)
	if err != nil {
		return gr, err
	}
	right, down := gr.h.step(at, at)
	for step := 1.0; step > 0.1; {
		moved := false
		p := gr.h.at(at, at)
		for i := range 8 {
			a := float64(i) * math.Pi / 4
			d := right.times(step * math.Cos(a)).plus(down.times(step * math.Sin(a)))
			h, ok := s.through(gr.dim, at, p.plus(d))
			if !ok {
				continue
			}
			next := grid{dim: gr.dim, h: h}
			c, err := l.standout(&next)
			if err != nil {
				return gr, err
			}
			if c > best {
				best, gr, moved = c, next, true
			}
		}
		if !moved {
			step /= 2
		}
	}
	return gr, nil
}

func (l *look) standout(gr *grid) (float64, error) {
	s, err := l.view.sample(l.m, gr)
	if err != nil {
		return 0, err
	}
	return s.contrast(), nil
}

// symbol is what was read at a grid, with the corners in the view as well.
func (l *look) symbol(result *common.DecoderResult, gr *grid, err error) (*Symbol, [4]point, error) {
	if err != nil {
		return nil, [4]point{}, err
	}
	size := float64(gr.dim)
	outer := [4]point{gr.at(0, 0), gr.at(size, 0), gr.at(size, size), gr.at(0, size)}
	s := &Symbol{Format: QR, Text: strings.TrimPrefix(result.GetText(), "\ufeff"), Raw: result.GetRawBytes(), Pass: l.pass.String()}
	for _, p := range outer {
		s.Corners = append(s.Corners, scaled(p.x, p.y, l.pass.scale()))
	}
	meta, ok := result.GetOther().(*decoder.QRCodeDecoderMetaData)
	if ok && meta.IsMirrored() {
		s.Corners[1], s.Corners[3] = s.Corners[3], s.Corners[1]
	}
	return s, outer, nil
}

func scaled(x, y, scale float64) image.Point {
	return image.Pt(int(math.Round(x*scale)), int(math.Round(y*scale)))
}
