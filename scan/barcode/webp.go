package barcode

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"

	"golang.org/x/image/webp"
)

// webpSize is the largest size that a WebP file claims: that of its canvas, or
// of a picture on it, for which memory is set aside as well.
func webpSize(r io.Reader) (image.Config, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return image.Config{}, err
	}
	size, err := webp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return size, err
	}
	const header, chunk = 12, 8
	for at := header; at+chunk+10 <= len(data); {
		w, h := frameSize(string(data[at:at+4]), data[at+chunk:])
		if w*h > size.Width*size.Height {
			size.Width, size.Height = w, h
		}
		length := int(binary.LittleEndian.Uint32(data[at+4:]))
		at += chunk + length + length&1
	}
	return size, nil
}

// frameSize reads the size from the beginning of a lossy or a lossless picture
// (RFC 9649 sections 2.5 and 3.4), or gives zeros.
func frameSize(kind string, body []byte) (w, h int) {
	switch kind {
	case "VP8 ":
		return int(binary.LittleEndian.Uint16(body[6:])) & 0x3fff, int(binary.LittleEndian.Uint16(body[8:])) & 0x3fff
	case "VP8L":
		bits := binary.LittleEndian.Uint32(body[1:])
		return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1
	}
	return 0, 0
}
