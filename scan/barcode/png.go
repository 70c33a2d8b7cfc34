package barcode

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"io"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

func pngSize(data []byte) (image.Config, error) { return png.DecodeConfig(pngPicture(data)) }

// pngReader leaves out what is no part of the picture: texts, colour profiles,
// EXIF. image/png has no use for them, and refuses a picture where one is
// damaged.
type pngReader struct {
	data []byte
	at   int // what is read next
	left int // so much of it before the next chunk begins
}

func pngPicture(data []byte) io.Reader {
	return &pngReader{data: data, left: len(pngMagic)}
}

func (r *pngReader) Read(p []byte) (int, error) {
	for r.left == 0 {
		chunk := pngChunk(r.data, r.at)
		const extra = 0x20 // a small first letter
		switch {
		case r.at == len(r.data):
			return 0, io.EOF
		case chunk == nil:
			r.left = len(r.data) - r.at
		case chunk[4]&extra != 0 && !isChunk(chunk, "tRNS"):
			r.at += len(chunk)
		default:
			r.left = len(chunk)
		}
	}
	n := copy(p, r.data[r.at:r.at+r.left])
	r.at += n
	r.left -= n
	return n, nil
}

// pngExif gives the eXIf chunk.
func pngExif(data []byte) []byte {
	at := len(pngMagic)
	for chunk := pngChunk(data, at); chunk != nil; chunk = pngChunk(data, at) {
		if isChunk(chunk, "eXIf") {
			return bytes.TrimPrefix(chunk[8:len(chunk)-4], []byte(exifMagic))
		}
		at += len(chunk)
	}
	return nil
}

// pngChunk gives the chunk that begins at a place: length, kind, data, check
// (PNG section 5.3). It gives nil where there is no whole one.
func pngChunk(data []byte, at int) []byte {
	head, ok := part(data, at, 8)
	if !ok {
		return nil
	}
	length := binary.BigEndian.Uint32(head)
	if length > 1<<31-1-12 { // an int may not have more
		return nil
	}
	chunk, _ := part(data, at, int(length)+12)
	return chunk
}

func isChunk(chunk []byte, kind string) bool { return string(chunk[4:8]) == kind }
