package barcode

import (
	"context"
	"fmt"
	"image"
	"io"
	"math"
)

// ReadImage reads a picture from a PNG, JPEG, WebP or GIF file (of a GIF the
// first frame; an animated WebP is not read), for Decode. The file's size and
// the size of the picture that its header claims are checked before memory is
// set aside for a pixel. A photograph that says in its EXIF data how the camera
// was held is turned upright, and comes in grey then.
//
// Errors: *LimitError (more bytes or pixels than opts allows, or a JPEG in more
// than 100 scans), *PictureError (another kind of file, or a damaged one), the
// error of r, or the context's cause. The context is looked at between reads
// from r; a read that blocks is r's own to stop. Once the file is read,
// ReadImage comes back with the context's end. The decoders of the standard
// library look up only when they want the next few bytes, so one may be left to
// itself then, with its memory, for as long as the picture takes to be decoded
// at most.
func ReadImage(ctx context.Context, r io.Reader, opts *Options) (image.Image, error) {
	o, err := opts.filled()
	if err != nil {
		return nil, err
	}
	data, err := readAll(ctx, r, o.MaxBytes)
	if err != nil {
		return nil, err
	}
	c, err := codecOf(data)
	if err != nil {
		return nil, err
	}
	return beside(ctx, func() (image.Image, error) { return c.read(ctx, data, &o) })
}

// beside makes a picture in a goroutine of its own, which the caller leaves when
// the context ends: no decoder can be interrupted while it works on what it has
// read. There a panic would end the program, whatever the caller does about it.
func beside(ctx context.Context, work func() (image.Image, error)) (image.Image, error) {
	type result struct {
		img image.Image
		err error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil {
				r = result{nil, &PictureError{Problem: "the file is damaged", Err: fmt.Errorf("its decoder gave up: %v", p)}}
			}
			done <- r
		}()
		r.img, r.err = work()
	}()
	select {
	case <-ctx.Done():
		return nil, ended(ctx)
	case r := <-done:
		return r.img, r.err
	}
}

func readAll(ctx context.Context, r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(&contextReader{ctx, r, math.MaxInt}, min(limit, math.MaxInt64-1)+1))
	if end := ended(ctx); end != nil {
		return nil, end
	}
	if err != nil {
		return nil, fmt.Errorf("barcode: reading the picture: %w", err)
	}
	if int64(len(data)) > limit {
		return nil, &LimitError{What: "bytes", Limit: limit}
	}
	return data, nil
}

// contextReader ends with its context. It gives at most so many bytes at a
// time, so that a decoder comes back for more soon.
type contextReader struct {
	ctx  context.Context
	r    io.Reader
	most int
}

func (r *contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p[:min(len(p), r.most)])
}
