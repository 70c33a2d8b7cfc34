package barcode_test

import (
	"image"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	bare "github.com/skip2/go-qrcode"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Text comes as it was meant, whether the code declares its character set (an
// ECI) or, as most do, not.
func TestCharacterSets(t *testing.T) {
	for _, test := range []struct {
		eci  string // empty where none can be declared
		set  encoding.Encoding
		text string
	}{
		{"UTF-8", unicode.UTF8, "https://例え.example/☕"},
		{"UTF-8", unicode.UTF8, "é"},
		{"", unicode.UTF8BOM, "https://shop.example/ü"},
		{"GB18030", simplifiedchinese.GB18030, "微信支付 https://shop.example/付款?id=7"},
		{"GB18030", simplifiedchinese.GB18030, "收款码"},
		{"GB18030", simplifiedchinese.GB18030, "中"},
		{"Shift_JIS", japanese.ShiftJIS, "お支払いはこちら https://shop.example/カフェ"},
		{"Shift_JIS", japanese.ShiftJIS, "電子マネー"},
		{"Shift_JIS", japanese.ShiftJIS, "ﾃﾞｻﾞｲﾝQR"},
		{"ISO8859_1", charmap.ISO8859_1, "Café Müller, crème brûlée"},
	} {
		raw, err := test.set.NewEncoder().String(test.text)
		if err != nil {
			t.Fatal(err)
		}
		read(t, undeclared(t, raw), test.text)
		if test.eci == "" {
			continue
		}
		bits, err := qrcode.NewQRCodeWriter().Encode(test.text, gozxing.BarcodeFormat_QR_CODE, 200, 200,
			map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_CHARACTER_SET: test.eci})
		if err != nil {
			t.Fatal(err)
		}
		read(t, bits, test.text)
	}
	// Only a declaration tells characters beyond GB 2312 from other sets.
	bits, err := qrcode.NewQRCodeWriter().Encode("㐀𠀀", gozxing.BarcodeFormat_QR_CODE, 200, 200,
		map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_CHARACTER_SET: "GB18030"})
	if err != nil {
		t.Fatal(err)
	}
	read(t, bits, "㐀𠀀")
}

// undeclared is a code of these bytes and nothing else.
func undeclared(t *testing.T, raw string) image.Image {
	t.Helper()
	code, err := bare.New(raw, bare.Medium)
	if err != nil {
		t.Fatal(err)
	}
	return code.Image(-4)
}
