package barcode

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"iter"
)

// Markers of a JPEG file (ISO/IEC 10918-1 table B.1).
const (
	markRST0 = 0xd0 // up to 0xd7: within a scan
	markEOI  = 0xd9 // the end
	markSOS  = 0xda // a scan
	markAPP1 = 0xe1 // EXIF, among others
)

// maxScans is how many scans a JPEG may have. Programs write about ten. A scan of
// a few dozen bytes goes over every pixel, so a short file could ask for a
// million of them.
const maxScans = 100

func jpegSize(data []byte) (image.Config, error) {
	size, err := jpeg.DecodeConfig(whole(data))
	if err != nil {
		return size, err
	}
	scans := 0
	for mark := range jpegSegments(data) {
		if mark == markSOS {
			scans++
		}
		if scans > maxScans {
			return size, &LimitError{What: "scans", Limit: maxScans}
		}
	}
	return size, nil
}

func jpegExif(data []byte) []byte {
	for mark, body := range jpegSegments(data) {
		if mark == markSOS {
			break
		}
		if mark == markAPP1 && bytes.HasPrefix(body, []byte(exifMagic)) {
			return body[len(exifMagic):]
		}
	}
	return nil
}

// jpegSegments goes through a file's segments as image/jpeg does, which skips
// what is no marker. The pixels of a scan come after its segment and are skipped
// as well.
func jpegSegments(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(mark byte, body []byte) bool) {
		for at := 2; ; {
			skip := bytes.IndexByte(data[at:], 0xff)
			if skip < 0 || at+skip+2 > len(data) {
				return
			}
			at += skip + 1
			mark := data[at]
			switch {
			case mark == 0xff: // padding
				continue
			case mark == 0, mark >= markRST0 && mark < markRST0+8:
				at++
				continue
			case mark == markEOI:
				return
			}
			head, ok := part(data, at+1, 2)
			if !ok {
				return
			}
			length := int(binary.BigEndian.Uint16(head))
			body, ok := part(data, at+3, length-2)
			if !ok || !yield(mark, body) {
				return
			}
			at += 1 + length
		}
	}
}
