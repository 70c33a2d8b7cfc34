package barcode

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/webp"
)

// ReadImage reads a picture from a PNG, JPEG, WebP or GIF file (of a GIF the
// first frame), for Decode. The file's size and the size of the picture that
// its header claims are checked before memory is set aside for a pixel. A
// photograph that says in its EXIF data how the camera was held is turned
// upright, and comes in grey then.
//
// Errors: *LimitError (more bytes or pixels than opts allows), *PictureError
// (another kind of file, or a damaged one), the error of r, or the context's
// cause. The context is looked at between reads from r; a read that blocks is
// r's own to stop.
func ReadImage(ctx context.Context, r io.Reader, opts *Options) (image.Image, error) {
	o, err := opts.filled()
	if err != nil {
		return nil, err
	}
	data, err := readAll(ctx, r, o.MaxBytes)
	if err != nil {
		return nil, err
	}
	codec, err := codecOf(data)
	if err != nil {
		return nil, err
	}
	header, err := codec.header(bytes.NewReader(data))
	if err != nil {
		return nil, damaged(codec, err)
	}
	if err := o.checkSize(header.Width, header.Height); err != nil {
		return nil, err
	}
	img, err := codec.decode(&contextReader{ctx, bytes.NewReader(data)})
	if end := ended(ctx); end != nil {
		return nil, end
	}
	if err != nil {
		return nil, damaged(codec, err)
	}
	return upright(img, orientation(data)), nil
}

func damaged(c codec, err error) error {
	return &PictureError{Problem: "the " + c.name + " file is damaged", Err: err}
}

func readAll(ctx context.Context, r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(&contextReader{ctx, r}, min(limit, math.MaxInt64-1)+1))
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

// codec is one kind of picture file.
type codec struct {
	name   string
	magic  string // how the file begins; ? is any byte
	header func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// codecOf tells by a file's first bytes how to read it. Package image would
// take whatever decoder the program happens to import.
func codecOf(data []byte) (codec, error) {
	for _, c := range []codec{
		{"PNG", "\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
		{"JPEG", "\xff\xd8", jpeg.DecodeConfig, jpeg.Decode},
		{"GIF", "GIF8", gif.DecodeConfig, gif.Decode},
		{"WebP", "RIFF????WEBP", webpSize, webp.Decode},
	} {
		if begins(data, c.magic) {
			return c, nil
		}
	}
	return codec{}, &PictureError{Problem: "the file is not PNG, JPEG, WebP or GIF"}
}

func begins(data []byte, magic string) bool {
	if len(data) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != data[i] {
			return false
		}
	}
	return true
}

// contextReader ends with its context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (r *contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
