package barcode

import (
	"context"
	"errors"
	"image"
)

// Stream reads the frames of one camera, one after the other, and reports each
// code once. It is for one goroutine.
type Stream struct {
	opts    Options
	reader  Reader
	frame   int             // how many have been read
	size    image.Point     // of the frame before
	where   image.Rectangle // where in it the codes were; empty for nowhere
	inSight map[code]int    // the frame that a code was last seen in
}

// code is what makes two sightings the same.
type code struct {
	format Format
	text   string
}

const (
	// forgetAfter is for how many frames a code must be out of sight to be
	// reported again: about a second.
	forgetAfter = 30

	// wholeEvery is how often the whole frame is looked at, though the codes
	// of the one before are still in their place: another may come into sight.
	wholeEvery = 4
)

// NewStream makes a Stream. nil means the defaults, but the Effort is Frame
// always.
//
// Error: *FormatError.
func NewStream(opts *Options) (*Stream, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	o.Effort = Frame
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	return &Stream{opts: o, inSight: map[code]int{}}, nil
}

// Next reads one frame. It gives the codes that have come into sight with it,
// nearest the middle first; most often there are none, and no error. It looks
// first where the codes of the frame before were, and closer than it looks at
// the whole.
//
// Errors: *PictureError, *LimitError (too many pixels), or the context's cause.
// The next frame may be read after any error.
func (s *Stream) Next(ctx context.Context, frame image.Image) ([]Symbol, error) {
	if err := s.opts.checkPicture(frame); err != nil {
		return nil, err
	}
	mem := s.reader.borrow()
	defer s.reader.pool.Put(mem)
	picture, err := newRaster(ctx, frame, &mem.arena)
	if err != nil {
		return nil, err
	}
	s.frame++
	symbols, err := s.look(ctx, picture, mem)
	if err != nil {
		return nil, err
	}
	s.remember(symbols, picture)
	moveTo(frame.Bounds().Min, symbols)
	return s.fresh(symbols), nil
}

// look reads the part of the frame where codes were, or all of it.
func (s *Stream) look(ctx context.Context, picture raster, mem *scratch) ([]Symbol, error) {
	if s.size == image.Pt(picture.w, picture.h) && !s.where.Empty() && s.frame%wholeEvery != 0 {
		symbols, err := found(read(ctx, picture.part(s.where), mem, &s.opts))
		if len(symbols) > 0 || err != nil {
			moveTo(s.where.Min, symbols)
			return symbols, err
		}
	}
	return found(read(ctx, picture, mem, &s.opts))
}

// found takes no code for an answer, not an error.
func found(symbols []Symbol, err error) ([]Symbol, error) {
	if errors.As(err, new(*NotFoundError)) || errors.As(err, new(*LimitError)) {
		return nil, nil
	}
	return symbols, err
}

// remember keeps where to look first in the next frame: around the codes, by
// half their size, since hand and camera move.
func (s *Stream) remember(symbols []Symbol, picture raster) {
	s.size, s.where = image.Pt(picture.w, picture.h), image.Rectangle{}
	for _, symbol := range symbols {
		box := symbol.box()
		box = box.Inset(-max(box.Dx(), box.Dy()) / 2)
		s.where = s.where.Union(box)
	}
	s.where = s.where.Intersect(image.Rectangle{Max: s.size})
}

// fresh gives the symbols that were not in sight, and forgets those that have
// not been for long.
func (s *Stream) fresh(symbols []Symbol) []Symbol {
	for c, last := range s.inSight {
		if s.frame-last > forgetAfter {
			delete(s.inSight, c)
		}
	}
	var out []Symbol
	for _, symbol := range symbols {
		c := code{symbol.Format, symbol.Text}
		if _, known := s.inSight[c]; !known {
			out = append(out, symbol)
		}
		s.inSight[c] = s.frame
	}
	return out
}
