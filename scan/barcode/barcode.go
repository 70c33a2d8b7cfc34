package barcode

import (
	"context"
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
	// declared character set are taken for UTF-8 where they can be. A byte
	// order mark before the text is no part of it. A QR code that is one
	// part of a sequence gives the text of that part.
	Text string

	// Raw holds the code's data codewords after error correction, for
	// callers that take the payload apart themselves.
	Raw []byte

	// Pass says by which look at the picture it was read, for logs and tuning.
	Pass string

	// Corners says where in the picture the code was seen, in its pixels.
	// QR: top left, top right, bottom right, bottom left of the code as it
	// is read, wherever that lies in the picture. Code 128: the two ends of
	// the line it was read along, start first.
	Corners []image.Point
}

// Effort bounds the work that is put into one picture. It counts work, not
// time, so that the same picture gives the same answer on any machine; the
// context is the clock.
type Effort int

const (
	Still Effort = iota // a picture that somebody chose: every way of looking at it
	Frame               // one of many frames from a camera: the best ways, or the next frame
)

// Options bounds the work and says what to look for. nil means the defaults.
type Options struct {
	// Formats are those that are looked for. Default: QR, Code128.
	Formats []Format

	// Effort is how much work a picture is worth. Default: Still.
	Effort Effort

	// MaxPixels is the largest picture that is read, width × height.
	// A file decoder may need 24 bytes a pixel (a progressive JPEG in CMYK;
	// 15 for one in colour, 9 for a PNG of 16 bits), so a server that takes
	// files from strangers sets it lower.
	// Default: 50,000,000.
	MaxPixels int

	// MaxBytes is the largest file that ReadImage takes. Default: 32 MiB.
	MaxBytes int64
}

// Decode reads the codes in a picture, nearest the middle first: a person
// holds the code near the middle. A nil error comes with at least one Symbol.
// Where several different payment codes come back the choice is the payer's.
//
// Errors: *NotFoundError (no code seen), *PictureError (nil or without
// pixels), *LimitError (too many pixels, or a picture made to keep the reader
// busy), *FormatError, or the context's cause. Decode comes back within
// milliseconds of the context's end.
//
// It may be called by many goroutines at once, also with the same picture, as
// long as nobody writes to it. Who reads many pictures uses a [Reader].
func Decode(ctx context.Context, img image.Image, opts *Options) ([]Symbol, error) {
	return new(Reader).Decode(ctx, img, opts)
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
	if f.Effort != Still && f.Effort != Frame {
		return Options{}, &EffortError{Effort: f.Effort}
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
