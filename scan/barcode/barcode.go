package barcode

import (
	"context"
	"errors"
	"image"
)

// Format is a kind of code. Its value is its name in prose.
type Format string

const (
	QR      Format = "QR"       // ISO/IEC 18004, model 2
	Code128 Format = "Code 128" // ISO/IEC 15417
)

// Symbol is one code that was read.
type Symbol struct {
	Format Format

	// Text is what the code says, as UTF-8. Bytes that come without a
	// declared character set are taken for UTF-8 where they can be. A QR
	// code that is one part of a sequence gives the text of that part.
	Text string

	// Raw holds the code's data codewords after error correction, for
	// callers that take the payload apart themselves.
	Raw []byte

	// Corners says where in the picture the code was seen, in its pixels.
	// QR: top left, top right, bottom right, bottom left of the code as it
	// is read, wherever that lies in the picture. Code 128: the two ends of
	// the line it was read along, start first.
	Corners []image.Point
}

// Options bounds the work and says what to look for. nil means the defaults.
type Options struct {
	// Formats are looked for in this order. Default: QR, Code128.
	Formats []Format

	// MaxPixels is the largest picture that is read, width × height.
	// A file decoder may need 12 bytes a pixel (a progressive JPEG), so a
	// server that takes files from strangers sets it lower.
	// Default: 50,000,000.
	MaxPixels int

	// MaxBytes is the largest file that ReadImage takes. Default: 32 MiB.
	MaxBytes int64
}

// Decode reads the codes in a picture. A nil error comes with at least one
// Symbol; today it is exactly one, the first that was read.
//
// Errors: *NotFoundError (no code seen), *PictureError (nil or without
// pixels), *LimitError (too many pixels, or a picture made to keep the reader
// busy), *FormatError, or the context's cause. Decode stops soon after the
// context ends; the slowest step between two looks at it takes a fraction of a
// second.
//
// It may be called by many goroutines at once, also with the same picture, as
// long as nobody writes to it.
func Decode(ctx context.Context, img image.Image, opts *Options) ([]Symbol, error) {
	o, err := opts.filled()
	if err != nil {
		return nil, err
	}
	if err := o.checkPicture(img); err != nil {
		return nil, err
	}
	picture, err := newRaster(ctx, img)
	if err != nil {
		return nil, err
	}

	symbols, err := read(ctx, picture, o.Formats)
	if err != nil {
		return nil, err
	}
	moveTo(img.Bounds().Min, symbols)
	return symbols, nil
}

// read tries one pass after the other. A crowd of finder patterns spoils the
// search for QR codes in one pass, perhaps not in the next, so it is the answer
// only where nothing was read.
func read(ctx context.Context, picture raster, formats []Format) ([]Symbol, error) {
	var nothing error = &NotFoundError{Formats: formats, Width: picture.w, Height: picture.h}
	for _, p := range passes(picture.w, picture.h) {
		if err := ended(ctx); err != nil {
			return nil, err
		}
		view := p.view(picture)
		for _, format := range formats {
			symbols, err := p.read(ctx, view, format)
			if limit := (*LimitError)(nil); errors.As(err, &limit) {
				nothing = limit
			} else if err != nil || len(symbols) > 0 {
				return symbols, err
			}
		}
	}
	return nil, nothing
}

// filled gives the options with every default in place.
func (o *Options) filled() (Options, error) {
	var f Options
	if o != nil {
		f = *o
	}
	if len(f.Formats) == 0 {
		f.Formats = []Format{QR, Code128}
	}
	for _, format := range f.Formats {
		if format != QR && format != Code128 {
			return Options{}, &FormatError{Format: format}
		}
	}
	if f.MaxPixels <= 0 {
		f.MaxPixels = 50_000_000
	}
	if f.MaxBytes <= 0 {
		f.MaxBytes = 32 << 20
	}
	return f, nil
}

func (o *Options) checkPicture(img image.Image) error {
	if img == nil {
		return &PictureError{Problem: "there is no picture: the image is nil"}
	}
	return o.checkSize(img.Bounds().Dx(), img.Bounds().Dy())
}

// checkSize divides, because a claimed width × height may not fit an int.
func (o *Options) checkSize(w, h int) error {
	if w <= 0 || h <= 0 {
		return &PictureError{Problem: "the picture has no pixels"}
	}
	if w > o.MaxPixels/h {
		return &LimitError{What: "pixels", Limit: int64(o.MaxPixels)}
	}
	return nil
}

// moveTo turns places counted from the picture's corner into the picture's own
// coordinates.
func moveTo(corner image.Point, symbols []Symbol) {
	for _, s := range symbols {
		for i := range s.Corners {
			s.Corners[i] = s.Corners[i].Add(corner)
		}
	}
}
