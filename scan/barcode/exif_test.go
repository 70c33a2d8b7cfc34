package barcode_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/scan/barcode"
)

// However the camera was held, the code's corners are where an upright viewer
// sees them.
func TestReadImageTurnsPhotographsUpright(t *testing.T) {
	code := qr(t, address)
	side := code.Bounds().Dx()
	for orientation, at := range map[byte]func(x, y int) (int, int){
		1: func(x, y int) (int, int) { return x, y },
		2: func(x, y int) (int, int) { return side - 1 - x, y },
		3: func(x, y int) (int, int) { return side - 1 - x, side - 1 - y },
		4: func(x, y int) (int, int) { return x, side - 1 - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return side - 1 - y, x },
		7: func(x, y int) (int, int) { return side - 1 - y, side - 1 - x },
		8: func(x, y int) (int, int) { return y, side - 1 - x },
	} {
		// at says where the pixel of the file is shown, as EXIF has it.
		held := image.NewGray(image.Rect(0, 0, side, side))
		for y := range side {
			for x := range side {
				sx, sy := at(x, y)
				held.Set(x, y, code.At(sx, sy))
			}
		}
		for _, data := range [][]byte{
			exif(file(t, "jpeg", held), orientation),
			withEXIF(file(t, "jpeg", held), tiff("II", orientation)),
			withEXIF(file(t, "png", held), tiff("II", orientation)),
			withEXIF(file(t, "png", held), "Exif\x00\x00"+tiff("MM", orientation)),
		} {
			img, err := barcode.ReadImage(t.Context(), bytes.NewReader(data), nil)
			if err != nil {
				t.Fatal(err)
			}
			onCode(t, read(t, img, address).Corners, func(p image.Point) image.Point { return p })
		}
	}
}

// Pictures that another program turned, and said so in the file.
func TestReadImageTurnsOtherProgramsFiles(t *testing.T) {
	for _, name := range []string{"qr-held.png", "qr-held.webp", "qr-held-lossy.webp"} {
		onCode(t, read(t, opened(t, sampleFile(t, name)), address).Corners, func(p image.Point) image.Point { return p })
	}
}

// EXIF data that cannot be understood leaves a picture as it is.
func TestBrokenEXIFFailsNoPicture(t *testing.T) {
	good := tiff("MM", 3)
	count := []byte(good)
	binary.BigEndian.PutUint16(count[8:], 0xffff)
	for name, tags := range map[string]string{
		"nothing":       "",
		"a letter":      "M",
		"zeros":         strings.Repeat("\x00", 64),
		"no order":      "XX" + good[2:],
		"wrong version": "MM\x00\x2b" + good[4:],
		"far directory": "MM\x00*\xff\xff\xff\xff" + good[8:],
		"at the end":    "MM\x00*\x00\x00\x00\x1a" + good[8:],
		"cut directory": good[:20],
		"many tags":     strings.Replace(string(count), "\x01\x12", "\x01\x13", 1),
		"orientation 0": tiff("II", 0),
		"orientation 9": tiff("II", 9),
	} {
		for _, kind := range []string{"png", "jpeg", "webp"} {
			data := sampleFile(t, "qr-held.webp")
			if kind != "webp" {
				data = file(t, kind, qr(t, address))
			}
			want := opened(t, withEXIF(data, ""))
			got := opened(t, withEXIF(data, tags))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s: the picture became another: %.200s", name, kind, diff)
			}
		}
	}
}

// What stands beside the picture in a PNG may be damaged, longer than the file
// or hide the tags: the picture is read.
func TestDamageBesideThePictureOfAPNG(t *testing.T) {
	data := file(t, "png", qr(t, address))
	end := len(data) - 12 // IEND
	turned := chunk("eXIf", tiff("MM", 3))
	wrong := slices.Clone(turned)
	wrong[len(wrong)-1]++
	for name, extra := range map[string][]byte{
		"wrong check": wrong,
		"many":        bytes.Repeat(chunk("zTXt", "a"), 10_000),
		"second":      append(chunk("eXIf", ""), turned...),
	} {
		for _, at := range []int{33, end} {
			img, err := barcode.ReadImage(t.Context(), bytes.NewReader(slices.Insert(slices.Clone(data), at, extra...)), nil)
			if err != nil {
				t.Errorf("%s, at %d: %v", name, at, err)
				continue
			}
			read(t, img, address)
		}
	}
}

func sampleFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func opened(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := barcode.ReadImage(t.Context(), bytes.NewReader(data), nil)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// exif puts an orientation into a JPEG.
func exif(jpeg []byte, orientation byte) []byte { return withEXIF(jpeg, tiff("MM", orientation)) }

// tiff is EXIF data with one tag, in the byte order II or MM.
func tiff(order string, orientation byte) string {
	if order == "II" {
		return "II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00" + string([]byte{orientation}) + "\x00\x00\x00\x00\x00\x00\x00"
	}
	return "MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string([]byte{orientation}) + "\x00\x00\x00\x00\x00\x00"
}

// withEXIF puts EXIF data into a file. A WebP must end with a chunk of it, which
// is replaced.
func withEXIF(data []byte, tags string) []byte {
	switch string(data[:2]) {
	case "\x89P":
		return slices.Insert(slices.Clone(data), 33, chunk("eXIf", tags)...)
	case "\xff\xd8":
		head := binary.BigEndian.AppendUint16([]byte("\xff\xe1"), uint16(8+len(tags)))
		return slices.Insert(slices.Clone(data), 2, append(head, "Exif\x00\x00"+tags...)...)
	}
	out := append(slices.Clone(data[:bytes.LastIndex(data, []byte("EXIF"))]), "EXIF"...)
	out = append(binary.LittleEndian.AppendUint32(out, uint32(len(tags))), tags...)
	out = append(out, make([]byte, len(tags)&1)...)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

// chunk is one of a PNG.
func chunk(kind, body string) []byte {
	out := fmt.Appendf(binary.BigEndian.AppendUint32(nil, uint32(len(body))), "%s%s", kind, body)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}
