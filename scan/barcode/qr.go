package barcode

import (
	"image"
	"math"
	"slices"
	"strings"

	"github.com/makiuchi-d/gozxing/common"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// harvest is what a look has read, and where codes lie that were read.
type harvest struct {
	symbols []Symbol
	read    [][4]point // their corners and those that other looks have read
}

func (h *harvest) add(s *Symbol, outer [4]point) {
	h.symbols, h.read = append(h.symbols, *s), append(h.read, outer)
}

// readQR reads the QR codes of a view, without those that are known already.
// left says that finder patterns were seen that belong to none of all these, so
// that another look may read more. Torn patterns are sought only where the whole
// ones leave something open: they take longer, and large codes seem to be full of
// them. So does mere noise: a crowd of them is no reason to refuse the picture.
func (l *look) readQR(known []Symbol) (symbols []Symbol, left bool, err error) {
	h := harvest{read: l.corners(known)}
	for _, torn := range [2]bool{false, true} {
		crowded, err := l.search(torn)
		if err == nil {
			err = l.readTriples(torn, &h)
		}
		if err != nil {
			return h.symbols, true, err
		}
		if crowded && !torn && len(h.symbols) == 0 {
			return nil, true, &LimitError{What: "finder patterns", Limit: maxPatterns}
		}
		if left = l.unread(h.read); crowded || len(h.read) > 0 && !left {
			break
		}
	}
	return h.symbols, left, nil
}

// corners gives those of the QR codes that other looks have read, in this view.
func (l *look) corners(known []Symbol) (read [][4]point) {
	for _, s := range known {
		if s.Format != QR {
			continue
		}
		var outer [4]point
		for i, p := range s.Corners {
			outer[i] = point{float64(p.X), float64(p.Y)}.times(1 / l.pass.scale())
		}
		read = append(read, outer)
	}
	return read
}

// search collects the finder patterns of the view.
func (l *look) search(torn bool) (crowded bool, err error) {
	step := 1
	if min(l.bits.w, l.bits.h) > 200 {
		step = 2
	}
	l.finder.reset(l.bits)
	l.finder.torn = torn
	return l.finder.search(l.m, step)
}

// glances is how many triples may fail to be read at a glance in one look.
const glances = 30

// readTriples reads the codes that three of the patterns span each. torn leaves out
// what was tried with whole ones. A glance at each comes first: it reads most codes,
// takes a hundredth of the time, and what it has read need not be looked at as a
// part of something else.
func (l *look) readTriples(torn bool, h *harvest) error {
	list, err := triples(l.m, l.finder.found)
	if err != nil {
		return err
	}
	var open []attempt
	for _, t := range list {
		if torn && !t.torn() || used(h.read, t) {
			continue
		}
		a, s, outer, err := l.glance(t)
		if err != nil {
			return err
		}
		if s != nil {
			h.add(s, outer)
		} else if open = append(open, a); len(open) == glances {
			break
		}
	}
	return l.readOpen(open, h)
}

// readOpen looks closer at what a glance has not read.
func (l *look) readOpen(open []attempt, h *harvest) error {
	failed := 0
	for _, a := range open {
		if used(h.read, a.triple) {
			continue
		}
		s, outer, err := l.scrutinize(&a)
		if err != nil {
			return err
		}
		if s != nil {
			h.add(s, outer)
		} else if failed++; failed == l.plan.tries {
			break
		}
	}
	return nil
}

// unread says whether at least two patterns lie outside all codes that were
// read: the third of a code may have been missed.
func (l *look) unread(read [][4]point) bool {
	n := 0
	for _, p := range l.finder.found {
		if !p.torn && !slices.ContainsFunc(read, func(c [4]point) bool { return inside(c, p.point) }) {
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
