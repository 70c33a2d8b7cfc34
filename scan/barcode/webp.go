package barcode

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"
	"iter"

	"golang.org/x/image/webp"
)

// webpSize is the largest size that a WebP file claims: that of its canvas, or
// of a picture on it, for which memory is set aside as well. So it would be for
// the length that a picture's chunk claims, whatever the file has of it.
func webpSize(data []byte) (image.Config, error) {
	size, err := webp.DecodeConfig(whole(data))
	if err != nil {
		return size, err
	}
	for kind, body := range webpChunks(data) {
		switch string(kind) {
		case "ANIM":
			return size, &PictureError{Problem: "an animated WebP is not read; a still one is"}
		case "VP8 ", "VP8L", "ALPH":
			if body == nil {
				return size, io.ErrUnexpectedEOF
			}
		}
		if w, h := frameSize(kind, body); w*h > size.Width*size.Height {
			size.Width, size.Height = w, h
		}
	}
	return size, nil
}

// webpExif gives the EXIF chunk. Some programs begin it as in a JPEG.
func webpExif(data []byte) []byte {
	for kind, body := range webpChunks(data) {
		if string(kind) == "EXIF" {
			return bytes.TrimPrefix(body, []byte(exifMagic))
		}
	}
	return nil
}

// webpChunks goes through the chunks of a file (RFC 9649 section 2.3). The body
// of one that the file does not hold wholly is nil.
func webpChunks(data []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(kind, body []byte) bool) {
		for at := len("RIFF????WEBP"); ; {
			head, ok := part(data, at, 8)
			if !ok {
				return
			}
			length := binary.LittleEndian.Uint32(head[4:])
			if uint64(length) > uint64(len(data)-at-8) {
				yield(head[:4], nil)
				return
			}
			at += 8
			body := data[at : at+int(length)]
			if !yield(head[:4], body) {
				return
			}
			at += int(length) + int(length&1)
		}
	}
}

// frameSize reads the size from the beginning of a lossy or a lossless picture
// (RFC 9649 sections 2.5 and 3.4), or gives zeros.
func frameSize(kind, body []byte) (w, h int) {
	switch {
	case string(kind) == "VP8 " && len(body) >= 10:
		return int(binary.LittleEndian.Uint16(body[6:])) & 0x3fff, int(binary.LittleEndian.Uint16(body[8:])) & 0x3fff
	case string(kind) == "VP8L" && len(body) >= 5:
		bits := binary.LittleEndian.Uint32(body[1:])
		return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1
	}
	return 0, 0
}
