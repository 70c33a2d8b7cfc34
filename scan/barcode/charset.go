package barcode

import (
	"bytes"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// hints tells gozxing what bytes without a declared character set are, where
// it would guess wrong. nil leaves it to gozxing, which knows ISO/IEC 8859-1
// from Shift JIS. Bytes with a declared set are never guessed.
func hints(segments [][]byte) map[gozxing.DecodeHintType]any {
	all := bytes.Join(segments, nil)
	var charset encoding.Encoding
	switch {
	case ascii(all):
		return nil
	case utf8.Valid(all):
		charset = unicode.UTF8
	case gb2312(all) && !voiced(all):
		charset = simplifiedchinese.GB18030
	default:
		return nil
	}
	return map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_CHARACTER_SET: charset}
}

func ascii(data []byte) bool {
	for _, b := range data {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// gb2312 says whether everything beyond ASCII is pairs of bytes that GB 2312
// has a character for, which is the common part of GB 18030. In ISO/IEC 8859-1
// letters beyond ASCII seldom come two by two, and Shift JIS begins most of its
// characters with bytes that GB 2312 leaves out.
func gb2312(data []byte) bool {
	pairs, common := 0, 0
	for i := 0; i < len(data); i++ {
		lead := data[i]
		if lead < utf8.RuneSelf {
			continue
		}
		if lead < 0xa1 || lead > 0xf7 || lead > 0xa9 && lead < 0xb0 || i+1 == len(data) || data[i+1] < 0xa1 || data[i+1] > 0xfe {
			return false
		}
		if lead <= 0xd7 { // symbols, and the characters that are used most
			common++
		}
		pairs++
		i++
	}
	return common > 0 && 2*common >= pairs
}

// voiced says whether everything beyond ASCII may be half-width katakana, and
// has their sound marks, each after a letter that takes one. Pairs of them are
// in GB 2312 as well, but hardly ever with the marks in the right places.
func voiced(data []byte) bool {
	marks, before := 0, byte(0)
	for _, b := range data {
		switch {
		case b < utf8.RuneSelf:
		case b < 0xa1 || b > 0xdf:
			return false
		case b >= 0xde: // the marks
			if before != 0xb3 && (before < 0xb6 || before > 0xc4) && (before < 0xca || before > 0xce) {
				return false
			}
			marks++
		}
		before = b
	}
	return marks > 0
}
