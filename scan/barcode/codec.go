package barcode

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// codec is one kind of picture file.
type codec struct {
	name  string
	magic string // how the file begins; ? is any byte

	// size is the largest picture that memory will be set aside for.
	size func(data []byte) (image.Config, error)

	// open gives what decode reads of the file.
	open   func(data []byte) io.Reader
	decode func(io.Reader) (image.Image, error)

	// exif gives the file's EXIF data, from the TIFF header on, or nothing.
	exif func(data []byte) []byte
}

// codecOf tells by a file's first bytes how to read it. Package image would
// take whatever decoder the program happens to import.
func codecOf(data []byte) (codec, error) {
	for _, c := range []codec{
		{"PNG", pngMagic, pngSize, pngPicture, png.Decode, pngExif},
		{"JPEG", "\xff\xd8", jpegSize, whole, jpeg.Decode, jpegExif},
		{"GIF", "GIF8", gifSize, whole, gif.Decode, func([]byte) []byte { return nil }},
		{"WebP", "RIFF????WEBP", webpSize, whole, webp.Decode, webpExif},
	} {
		if begins(data, c.magic) {
			return c, nil
		}
	}
	if len(data) == 0 {
		return codec{}, &PictureError{Problem: "the file is empty; PNG, JPEG, WebP and GIF are read"}
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

func whole(data []byte) io.Reader { return bytes.NewReader(data) }

func gifSize(data []byte) (image.Config, error) { return gif.DecodeConfig(whole(data)) }

// read gives the picture in a file.
func (c codec) read(ctx context.Context, data []byte, o *Options) (image.Image, error) {
	size, err := c.size(data)
	if err != nil {
		return nil, c.refused(err)
	}
	if err := o.checkSize(size.Width, size.Height); err != nil {
		return nil, err
	}
	// A decoder that asks for little at a time notices soon that the context
	// has ended.
	img, err := c.decode(&contextReader{ctx, c.open(data), 256})
	if end := ended(ctx); end != nil {
		return nil, end
	}
	if err != nil {
		return nil, c.refused(err)
	}
	return upright(ctx, img, tiffOrientation(c.exif(data)))
}

// refused says what is wrong with a file. Codecs' own refusals are limits, or
// say what they want instead.
func (c codec) refused(err error) error {
	if errors.As(err, new(*LimitError)) || errors.As(err, new(*PictureError)) {
		return err
	}
	if errors.As(err, new(jpeg.UnsupportedError)) || errors.As(err, new(png.UnsupportedError)) {
		return &PictureError{Problem: "this kind of " + c.name + " is not read; save it with the usual settings", Err: err}
	}
	return &PictureError{Problem: "the " + c.name + " file is damaged", Err: err}
}
