package main

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"io"
)

// maxPixels is the largest picture that is read, as of barcode.Options.
const maxPixels = 50_000_000

// readPGM reads a raw grey picture: "P5", width, height and the largest value,
// each with white space before it or a comment from # on, one byte of white
// space, and the pixels: a byte each, or two where the largest value is above
// 255.
func readPGM(r *bufio.Reader) (image.Image, error) {
	var n [3]int
	if _, err := r.Discard(2); err != nil {
		return nil, err
	}
	for i := range n {
		var err error
		if n[i], err = number(r); err != nil {
			return nil, err
		}
	}
	w, h, most := n[0], n[1], n[2]
	switch {
	case w == 0 || h == 0:
		return nil, errors.New("the PGM file has no pixels")
	case w > maxPixels/h:
		return nil, fmt.Errorf("picture refused: more than %d pixels", maxPixels)
	case most < 1 || most > 65535:
		return nil, fmt.Errorf("the PGM file's largest value is %d; 1 to 65535 are read", most)
	}
	img := image.NewGray(image.Rect(0, 0, w, h))
	wide := 1 // bytes a pixel
	if most > 255 {
		wide = 2
	}
	row := make([]byte, wide*w)
	for y := range h {
		if _, err := io.ReadFull(r, row); err != nil {
			return nil, fmt.Errorf("the PGM file is damaged: %w", io.ErrUnexpectedEOF)
		}
		for x := range w {
			v := int(row[wide*x])
			if wide == 2 {
				v = v<<8 + int(row[2*x+1])
			}
			img.Pix[y*w+x] = byte(min(v, most) * 255 / most)
		}
	}
	return img, nil
}

// number reads one number of the header and the byte of white space after it. A
// comment may stand between them and ends with its line, which is that byte.
func number(r *bufio.Reader) (n int, err error) {
	digits, comment := 0, false
	for range 1000 {
		b, err := r.ReadByte()
		if err != nil {
			return 0, fmt.Errorf("the PGM file is damaged: %w", io.ErrUnexpectedEOF)
		}
		switch {
		case comment && b != '\n' && b != '\r':
		case comment && digits > 0, b >= '\t' && b <= '\r' && digits > 0, b == ' ' && digits > 0:
			return n, nil
		case comment:
			comment = false
		case b >= '0' && b <= '9' && digits < 9:
			n = 10*n + int(b-'0')
			digits++
		case b == '#':
			comment = true
		case b != ' ' && (b < '\t' || b > '\r'):
			return 0, fmt.Errorf("the PGM file is damaged: %q in its header", b)
		}
	}
	return 0, errors.New("the PGM file is damaged: its header has no end")
}
