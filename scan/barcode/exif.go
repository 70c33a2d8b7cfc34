package barcode

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
)

// orientation is how a JPEG's EXIF data says that the camera was held: 1 is
// upright, up to 8 (EXIF 2.3 tag 0x0112). It is 1 where nothing is said, or
// nothing that can be understood.
func orientation(data []byte) int {
	for at := 2; at+4 <= len(data) && data[0] == 0xff && data[1] == 0xd8 && data[at] == 0xff; {
		length := int(binary.BigEndian.Uint16(data[at+2:]))
		body, ok := part(data, at+4, length-2)
		if !ok || data[at+1] == 0xda { // the picture itself
			break
		}
		if data[at+1] == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return tiffOrientation(body[6:])
		}
		at += 2 + length
	}
	return 1
}

// tiffOrientation looks through the first directory of tags.
func tiffOrientation(data []byte) int {
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(data, []byte("II")) {
		order = binary.LittleEndian
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
func upright(img image.Image, orientation int) image.Image {
	if orientation == 1 {
		return img
	}
	g, err := newRaster(context.Background(), img, &arena{})
	if err != nil { // only a context's end can be one
		return img
	}
	w, h := g.w, g.h
	if orientation > 4 {
		w, h = h, w
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			sx, sy := x, y
			if orientation > 4 {
				sx, sy = y, x
			}
			switch orientation {
			case 2, 3, 7, 8:
				sx = g.w - 1 - sx
			}
			switch orientation {
			case 3, 4, 6, 7:
				sy = g.h - 1 - sy
			}
			out.Pix[y*out.Stride+x] = g.pix[sy*g.stride+sx]
		}
	}
	return out
}
