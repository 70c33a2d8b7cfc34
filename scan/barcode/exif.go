package barcode

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
)

// exifMagic stands before EXIF data in a JPEG.
const exifMagic = "Exif\x00\x00"

// tiffOrientation is how EXIF data says that the camera was held: 1 is upright,
// up to 8 (EXIF 2.3 tag 0x0112, in the first directory of tags). It is 1 where
// nothing is said, or nothing that can be understood.
func tiffOrientation(data []byte) int {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 1
	}
	head, ok := part(data, 0, 8)
	if !ok {
		return 1
	}
	at := int(order.Uint32(head[4:]))
	count, ok := part(data, at, 2)
	if !ok {
		return 1
	}
	for i := range int(order.Uint16(count)) {
		entry, ok := part(data, at+2+12*i, 12)
		if !ok {
			return 1
		}
		if order.Uint16(entry) == 0x0112 {
			if v := int(order.Uint16(entry[8:])); v >= 1 && v <= 8 {
				return v
			}
		}
	}
	return 1
}

func part(data []byte, at, length int) ([]byte, bool) {
	if at < 0 || length < 0 || at > len(data) || length > len(data)-at {
		return nil, false
	}
	return data[at : at+length], true
}

// upright turns and mirrors a picture so that the camera was held upright.
func upright(ctx context.Context, img image.Image, orientation int) (image.Image, error) {
	if orientation == 1 {
		return img, nil
	}
	g, err := newRaster(ctx, img, &arena{})
	if err != nil {
		return nil, err
	}
	// Of the file's pixels: where the first of the upright picture is, and how
	// far the next one to the right of it and below it.
	from, right, down := 0, 1, g.stride
	switch orientation {
	case 2, 3, 7, 8:
		from, right = from+g.w-1, -right
	}
	switch orientation {
	case 3, 4, 6, 7:
		from, down = from+(g.h-1)*g.stride, -down
	}
	w, h := g.w, g.h
	if orientation > 4 {
		w, h, right, down = h, w, down, right
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		if err := ended(ctx); err != nil {
			return nil, err
		}
		row, at := out.Pix[y*w:(y+1)*w], from+y*down
		for x := range row {
			row[x] = g.pix[at+x*right]
		}
	}
	return out, nil
}
