package barcode

import (
	"cmp"
	"context"
	"errors"
	"image"
	"slices"
	"sync"
)

// Reader reads pictures and keeps the memory that it needs for one until the
// next, some ten bytes a pixel for each goroutine that reads at the same time.
// The zero value is ready. It may be shared by many goroutines and must not be
// copied after its first use.
type Reader struct {
	pool sync.Pool // of *scratch
}

// scratch is the memory of one reading.
type scratch struct {
	arena                       arena
	profile, crisp, edges, back []float64
	finder                      finder
}

// Decode is the function [Decode].
func (r *Reader) Decode(ctx context.Context, img image.Image, opts *Options) ([]Symbol, error) {
	o, err := opts.filled()
	if err != nil {
		return nil, err
	}
	if err := o.checkPicture(img); err != nil {
		return nil, err
	}
	s := r.borrow()
	defer r.pool.Put(s)
	picture, err := newRaster(ctx, img, &s.arena)
	if err != nil {
		return nil, err
	}
	symbols, err := read(ctx, picture, s, &o)
	if err != nil {
		return nil, err
	}
	moveTo(img.Bounds().Min, symbols)
	return symbols, nil
}

func (r *Reader) borrow() *scratch {
	s, ok := r.pool.Get().(*scratch)
	if !ok {
		s = new(scratch)
	}
	s.arena.reset(0)
	return s
}

// plan is what an effort comes to.
type plan struct {
	work   int // in the units of meter
	passes int // how many ways of looking are tried
	more   int // how many further ones after something was read
	tries  int // how many triples of patterns are looked at closely in vain in one look
	sizes  int // how many sizes of code are tried with each triple
	curves int // how many curves are followed, over all looks
	lines  int // how many lines are read for Code 128
	slants int // how many in each slanted direction, where rows and columns gave nothing
}

func (e Effort) plan() plan {
	if e == Frame {
		return plan{work: 120_000_000, passes: 4, tries: 8, sizes: 2, lines: 64}
	}
	return plan{work: 2_000_000_000, passes: 99, more: 3, tries: 30, sizes: 3, curves: 6, lines: 256, slants: 64}
}

// read tries one pass after the other until one has read something and sees
// nothing that it could not read. A crowd of finder patterns spoils the search
// for QR codes in one pass, perhaps not in the next, so it is the answer only
// where nothing was read. The same goes for an effort that is used up.
func read(ctx context.Context, picture raster, s *scratch, o *Options) ([]Symbol, error) {
	var nothing error = &NotFoundError{Formats: o.Formats, Width: picture.w, Height: picture.h}
	p := o.Effort.plan()
	m := &meter{ctx: ctx, left: p.work, curves: p.curves}
	start := s.arena.mark()
	var all []Symbol
	more, pending := p.more, false
	for i, pass := range passes(picture.w, picture.h) {
		if i >= p.passes {
			break
		}
		s.arena.reset(start)
		l := look{m: m, scratch: s, pass: pass, plan: p}
		left, err := l.read(picture, o, &all)
		if limit := (*LimitError)(nil); errors.As(err, &limit) {
			nothing = limit
		} else if errors.Is(err, errSpent) {
			break
		} else if err != nil {
			return nil, err
		}
		if len(all) > 0 {
			if pending = pending || left; !pending || more == 0 {
				break
			}
			more--
		}
	}
	if err := ended(ctx); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, nothing
	}
	fromMiddle(all, picture.w, picture.h)
	return all, nil
}

// read adds what this look at the picture shows to all. left says that there
// may be more.
func (l *look) read(picture raster, o *Options, all *[]Symbol) (left bool, err error) {
	if err := l.open(picture); err != nil || tiny(l.view) {
		return true, err
	}
	var limit error
	if slices.Contains(o.Formats, QR) {
		var symbols []Symbol
		symbols, left, err = l.readQR(*all)
		merge(all, symbols)
		if errors.As(err, new(*LimitError)) {
			limit = err
		} else if err != nil {
			return left, err
		}
	}
	if slices.Contains(o.Formats, Code128) && !l.pass.global && !l.pass.invert {
		lines := l.plan.lines
		if len(*all) > 0 {
			lines = min(lines, 10)
		}
		symbols, err := l.readCode128(lines)
		merge(all, symbols)
		if err != nil {
			return left, err
		}
	}
	return left, limit
}

// merge adds the symbols that are not there yet from another look.
func merge(all *[]Symbol, symbols []Symbol) {
	for _, s := range symbols {
		known := slices.ContainsFunc(*all, func(o Symbol) bool {
			return o.Format == s.Format && o.Text == s.Text && overlap(o.box(), s.box())
		})
		if !known {
			*all = append(*all, s)
		}
	}
}

// box is the rectangle around the symbol, which is never empty.
func (s Symbol) box() image.Rectangle {
	r := image.Rectangle{s.Corners[0], s.Corners[0].Add(image.Pt(1, 1))}
	for _, p := range s.Corners[1:] {
		r = r.Union(image.Rectangle{p, p.Add(image.Pt(1, 1))})
	}
	return r
}

// overlap says whether two symbols may be the same one seen twice. That of bars
// is a line, so what is near counts.
func overlap(a, b image.Rectangle) bool {
	near := max(a.Dx(), a.Dy()) / 2
	return a.Inset(-near).Overlaps(b)
}

// fromMiddle sorts symbols by how far they are from the picture's middle.
func fromMiddle(symbols []Symbol, w, h int) {
	far := func(s Symbol) float64 {
		var sum point
		for _, p := range s.Corners {
			sum = sum.plus(point{float64(p.X), float64(p.Y)})
		}
		return sum.times(1 / float64(len(s.Corners))).away(point{float64(w) / 2, float64(h) / 2})
	}
	slices.SortStableFunc(symbols, func(a, b Symbol) int { return cmp.Compare(far(a), far(b)) })
}
