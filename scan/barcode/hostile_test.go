package barcode_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"io"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/scan/barcode"
)

// Each scan of a JPEG goes over all pixels, however short it is.
func TestScansOfAJPEGAreCounted(t *testing.T) {
	data := file(t, "jpeg", as8(qr(t, address)))
	from, to := bytes.Index(data, []byte("\xff\xda")), len(data)-2
	scans := func(n int) []byte {
		return slices.Concat(data[:from], bytes.Repeat(data[from:to], n), data[to:])
	}
	read(t, opened(t, scans(100)), address)
	// What comes after the end is no scan, nor what a segment holds.
	read(t, opened(t, append(scans(100), scans(1)...)), address)
	read(t, opened(t, slices.Insert(scans(100), 2, []byte("\xff\xe2\x00\x06\xff\xda\xff\xda")...)), address)
	_, err := barcode.ReadImage(t.Context(), bytes.NewReader(scans(101)), nil)
	if diff := cmp.Diff(error(&barcode.LimitError{What: "scans", Limit: 100}), err); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// as8 is grey, so that the JPEG has one component.
func as8(img image.Image) image.Image {
	out := image.NewGray(img.Bounds())
	for i := range out.Pix {
		out.Set(i%out.Stride, i/out.Stride, img.At(i%out.Stride, i/out.Stride))
	}
	return out
}

// Memory is set aside for as much of a WebP's picture as its chunk claims; of
// what stands beside it nothing is needed.
func TestChunksOfAWebPThatEndWithTheFile(t *testing.T) {
	for _, name := range []string{"qr-held.webp", "qr-held-lossy.webp"} {
		for _, kind := range []string{"VP8 ", "VP8L", "EXIF"} {
			data := sampleFile(t, name)
			at := bytes.Index(data, []byte(kind))
			if at < 0 {
				continue
			}
			// The whole claims to be as long, or the chunk would be refused for it.
			binary.LittleEndian.PutUint32(data[4:], 0x7fffffff)
			binary.LittleEndian.PutUint32(data[at+4:], 0x7ff00000)
			img, err := barcode.ReadImage(t.Context(), bytes.NewReader(data), nil)
			if kind == "EXIF" {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				} else {
					read(t, img, address)
				}
			} else if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s, %s: got %v", name, kind, err)
			}
		}
	}
}

func TestFilesThatAreRefusedInWords(t *testing.T) {
	animated := sampleFile(t, "qr-held.webp")
	copy(animated[bytes.Index(animated, []byte("ICCP")):], "ANIM")
	arithmetic := file(t, "jpeg", qr(t, address))
	arithmetic[bytes.Index(arithmetic, []byte("\xff\xc0"))+1] = 0xc9
	outside := file(t, "gif", qr(t, address))
	binary.LittleEndian.PutUint16(outside[6:], 10)
	wide := slices.Clone(outside)
	copy(wide[6:], "\x50\xc3\x50\xc3") // 50,000
	huge := file(t, "jpeg", qr(t, address))
	copy(huge[bytes.Index(huge, []byte("\xff\xc0"))+5:], "\xff\xff\xff\xff")
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"animated WebP":       {animated, "barcode: an animated WebP is not read; a still one is"},
		"arithmetic JPEG":     {arithmetic, "barcode: this kind of JPEG is not read; save it with the usual settings: unsupported JPEG feature: unknown marker"},
		"frame of a GIF":      {outside, "barcode: the GIF file is damaged: gif: frame bounds larger than image bounds"},
		"GIF of 50,000²":      {wide, "barcode: picture refused: more than 50000000 pixels"},
		"JPEG of 65,535²":     {huge, "barcode: picture refused: more than 50000000 pixels"},
		"PNG without a pixel": {hugePNG(0, 9), "barcode: the PNG file is damaged: png: invalid format: non-positive dimension"},
	} {
		_, err := barcode.ReadImage(t.Context(), bytes.NewReader(test.data), nil)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v\nwant %s", name, err, test.want)
		}
	}
}

// A picture may be one row. The context is looked at within it.
func TestDecodeEndsWithinARow(t *testing.T) {
	ctx, end := context.WithCancelCause(t.Context())
	row := &watchedRow{Image: image.NewGray(image.Rect(0, 0, 1_000_000, 1)), end: end}
	if _, err := barcode.Decode(ctx, row, nil); !errors.Is(err, errTurnedAway) {
		t.Errorf("got %v, want the context's cause", err)
	}
	if row.last > 20_000 {
		t.Errorf("%d pixels were still read", row.last)
	}
}

// watchedRow ends a context when its first pixel is asked for.
type watchedRow struct {
	image.Image
	end  context.CancelCauseFunc
	last int
}

func (w *watchedRow) At(x, y int) color.Color {
	w.end(errTurnedAway)
	w.last = max(w.last, x)
	return w.Image.At(x, y)
}
