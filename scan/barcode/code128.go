package barcode

import (
	"bytes"
	"math"
)

// readCode128 reads along up to lines rows of the view, then along as many
// columns, then along fewer slanted lines. A text counts when two lines agree on
// it. One is not enough: the code has a single check digit and no error
// correction, so of a hundred misread lines one passes for right.
func (l *look) readCode128(lines int) ([]Symbol, error) {
	thorough := l.plan.slants > 0 && lines >= l.plan.slants
	const step = 15 // a line that is off by half of it crosses bars that are a seventh as high as the code is long
	for i, degrees := range [...]float64{0, 90, step, -step, 90 - step, 90 + step, 2 * step, -2 * step, 90 - 2*step, 90 + 2*step, 45, -45} {
		if i == 2 {
			if !thorough {
				break
			}
			lines = l.plan.slants
		}
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		symbols, err := l.readSlant(point{cos, sin}, lines, thorough)
		if err != nil || len(symbols) > 0 {
			return symbols, err
		}
	}
	return nil, nil
}

// readSlant reads along parallel lines, from the middle of the view outwards.
func (l *look) readSlant(d point, lines int, thorough bool) ([]Symbol, error) {
	w, h := float64(l.view.w), float64(l.view.h)
	across := point{-d.y, d.x}
	half := (math.Abs(across.x)*w + math.Abs(across.y)*h) / 2
	apart := max(1, 2*half/float64(lines))
	var once, twice []barLine
	offs := make([]float64, 0, lines+8)
	for i := range int(2 * half / apart) {
		offs = append(offs, float64((i+1)/2)*apart*float64(1-2*(i&1)))
	}
	for i := 0; i < len(offs) && i < 2*lines; i++ {
		from, n := l.view.span(point{w / 2, h / 2}.plus(across.times(offs[i])), d)
		if n < 40 {
			continue
		}
		work := 6 * n
		if thorough {
			work *= 2
		}
		if err := l.m.spend(work); err != nil {
			return nil, err
		}
		l.profile = l.view.profile(l.profile[:0], from, d, n)
		for _, b := range l.readLine(l.profile, thorough) {
			b.from, b.to = from.plus(d.times(b.start)), from.plus(d.times(b.end))
			switch {
			case b.agrees(twice) || !l.pass.trusts(b):
			case b.agrees(once):
				twice = append(twice, b)
			default:
				once = append(once, b)
				if apart >= 6 { // the bars may be too low for the next line
					offs = append(offs, offs[i]+apart/3, offs[i]-apart/3)
				}
			}
		}
	}
	return l.barSymbols(twice)
}

func (l *look) barSymbols(list []barLine) ([]Symbol, error) {
	var out []Symbol
	for _, b := range list {
		text, ok := text128(b.codes)
		if !ok {
			continue
		}
		s := Symbol{Format: Code128, Text: text, Raw: b.codes, Pass: l.pass.String()}
		for _, p := range [2]point{b.from, b.to} {
			s.Corners = append(s.Corners, scaled(p.x, p.y, l.pass.scale()))
		}
		out = append(out, s)
	}
	return out, nil
}

// trusts says whether a line counts. Bars that cover no pixel wholly are
// misread the same way on many lines, unless they are as sharp as only a picture
// can be that no camera took. Doubling adds pixels but no detail.
func (p pass) trusts(b barLine) bool {
	module := b.module()
	if p.double {
		module /= 2
	}
	return module > 1.3 || b.off < 0.1
}

// barLine is a code read along one line.
type barLine struct {
	codes      []byte  // symbol characters from start to the last of the data
	start, end float64 // along the line, in pixels
	off        float64 // how far the bars are off the characters', on average
	from, to   point
}

// module is the width of the narrowest bar: a character has 11 of them, the
// check character too, and the stop 13.
func (b barLine) module() float64 {
	return math.Abs(b.end-b.start) / float64(11*(len(b.codes)+1)+13)
}

// agrees says whether another line at about the same place gave the same.
func (b barLine) agrees(others []barLine) bool {
	for _, o := range others {
		if bytes.Equal(b.codes, o.codes) {
			return true
		}
	}
	return false
}

// span is the part of a line that lies in the view: where it begins, and how
// many pixels it is long.
func (g raster) span(p, d point) (from point, n int) {
	lo, hi := math.Inf(-1), math.Inf(1)
	for _, side := range [2][3]float64{{p.x, d.x, float64(g.w)}, {p.y, d.y, float64(g.h)}} {
		at, step, end := side[0], side[1], side[2]
		if math.Abs(step) < 1e-9 {
			continue
		}
		a, b := -at/step, (end-at)/step
		lo, hi = max(lo, min(a, b)), min(hi, max(a, b))
	}
	if hi < lo {
		return p, 0
	}
	return p.plus(d.times(lo)), int(hi - lo)
}

// profile is the grey along a line.
func (g raster) profile(out []float64, from, d point, n int) []float64 {
	if d.y == 0 {
		for _, v := range g.row(min(max(int(from.y), 0), g.h-1)) {
			out = append(out, float64(v))
		}
		return out
	}
	for i := range n {
		t := float64(i) + 0.5
		out = append(out, g.at(from.x+t*d.x, from.y+t*d.y))
	}
	return out
}

// readLine gives the codes along a line. A thorough look, where there are none,
// gives those along it with the blur of a lens out of focus made up for. That
// makes no bar finer than it was, so what is sharp then proves nothing.
func (l *look) readLine(profile []float64, thorough bool) []barLine {
	if out := l.readProfile(profile); len(out) > 0 || !thorough {
		return out
	}
	l.crisp = crisp(l.crisp[:0], profile)
	out := l.readProfile(l.crisp)
	for i := range out {
		out[i].off = math.Inf(1)
	}
	return out
}

// crisp adds twice what a pixel differs by from the two that are two away. On
// photographs taken too close that was enough; more gave nothing more.
func crisp(out, profile []float64) []float64 {
	const away, strength = 2, 2
	for i, v := range profile {
		a, b := profile[max(i-away, 0)], profile[min(i+away, len(profile)-1)]
		out = append(out, v+strength*(v-(a+b)/2))
	}
	return out
}

// readProfile gives the codes along a profile, read from either end.
func (l *look) readProfile(profile []float64) []barLine {
	var out []barLine
	for _, find := range []func([]float64, []float64) []float64{swings, crossings} {
		edges := find(l.edges[:0], profile)
		l.edges = edges
		out = append(out, readEdges(edges)...)
		end := float64(len(profile))
		backwards := mirrored(l.back[:0], edges, end)
		l.back = backwards
		for _, b := range readEdges(backwards) {
			b.start, b.end = end-b.start, end-b.end
			out = append(out, b)
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}

func mirrored(out, edges []float64, end float64) []float64 {
	for i := len(edges) - 1; i >= 0; i-- {
		out = append(out, end-edges[i])
	}
	return out
}
