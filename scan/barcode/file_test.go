package barcode_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/anyscan/anyscan/scan/barcode"
)

// file encodes img as "png", "jpeg" or "gif".
func file(t testing.TB, kind string, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch kind {
	case "png":
		err = png.Encode(&b, img)
	case "jpeg":
		err = jpeg.Encode(&b, img, nil)
	case "gif":
		err = gif.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadImage(t *testing.T) {
	for _, kind := range []string{"png", "jpeg", "gif"} {
		data := file(t, kind, qr(t, address))
		exact := &barcode.Options{MaxBytes: int64(len(data))}
		img, err := barcode.ReadImage(t.Context(), iotest.OneByteReader(bytes.NewReader(data)), exact)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		read(t, img, address)
	}
}

// hugePNG is a short file whose header claims a picture of w × h.
func hugePNG(w, h uint32) []byte {
	header := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	header = binary.BigEndian.AppendUint32(header, h)
	header = append(header, 8, 6, 0, 0, 0)
	data := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), header...)
	data = binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(header))
	return append(data, "\x00\x00\x00\x04IDAT\x78\x9c\x00\x00"...)
}

func TestReadImageAsksForTheSizeFirst(t *testing.T) {
	for _, size := range [][2]uint32{{50_000, 50_000}, {1 << 30, 1}, {1, 1 << 30}, {1<<31 - 1, 1<<31 - 1}} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := barcode.ReadImage(t.Context(), bytes.NewReader(hugePNG(size[0], size[1])), nil)
		runtime.ReadMemStats(&after)
		var limit *barcode.LimitError
		if !errors.As(err, &limit) && size[0] < 1<<31-1 { // the codec itself refuses the last one
			t.Errorf("%v: got %v, want a *LimitError", size, err)
		}
		if err == nil {
			t.Errorf("%v: no error", size)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
			t.Errorf("%v: %d bytes were set aside for a file of 100", size, used)
		}
	}
}

func TestReadImageRefuses(t *testing.T) {
	good := file(t, "png", qr(t, address))
	broken := errors.New("the cable was pulled")
	for name, test := range map[string]struct {
		r    io.Reader
		opts *barcode.Options
		want string
	}{
		"nothing":     {strings.NewReader(""), nil, "barcode: the file is empty; PNG, JPEG, WebP and GIF are read"},
		"WebP":        {strings.NewReader("RIFF\x00\x00\x00\x00WEBPVP8 "), nil, "barcode: the WebP file is damaged: riff: short chunk data"},
		"RIFF":        {strings.NewReader("RIFF\x00\x00\x00\x00WAVEfmt "), nil, "barcode: the file is not PNG, JPEG, WebP or GIF"},
		"cut header":  {bytes.NewReader(good[:20]), nil, "barcode: the PNG file is damaged: unexpected EOF"},
		"cut picture": {bytes.NewReader(good[:len(good)/2]), nil, "barcode: the PNG file is damaged: png: invalid format: not enough pixel data"},
		"bytes":       {bytes.NewReader(good), &barcode.Options{MaxBytes: 64}, "barcode: picture refused: more than 64 bytes"},
		"pixels":      {bytes.NewReader(good), &barcode.Options{MaxPixels: 1000}, "barcode: picture refused: more than 1000 pixels"},
		"reader":      {iotest.ErrReader(broken), nil, "barcode: reading the picture: the cable was pulled"},
		"format":      {bytes.NewReader(good), &barcode.Options{Formats: []barcode.Format{"UPC"}}, `barcode: format "UPC" is not read; "QR" and "Code 128" are`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := barcode.ReadImage(t.Context(), test.r, test.opts)
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			if name == "reader" && !errors.Is(err, broken) {
				t.Error("the reader's error is lost")
			}
			var damaged *barcode.PictureError
			if strings.HasPrefix(name, "cut") && !(errors.As(err, &damaged) && damaged.Unwrap() != nil) {
				t.Error("the cause is lost")
			}
		})
	}
}

// A WebP file has a canvas and on it a picture, each with its own size.
func TestReadImageMeasuresThePictureInAWebP(t *testing.T) {
	canvas := "VP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" // 1 × 1
	frame := "VP8 \x0a\x00\x00\x00\x10\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f"  // 16,383 × 16,383
	lossless := "VP8L\x0a\x00\x00\x00\x2f\xff\xff\xff\x0f\x00\x00\x00\x00\x00"
	for _, body := range []string{canvas + frame, canvas + lossless, frame, lossless} {
		data := []byte("RIFF\x00\x00\x00\x00WEBP" + body)
		binary.LittleEndian.PutUint32(data[4:], uint32(len(data)-8))
		_, err := barcode.ReadImage(t.Context(), bytes.NewReader(data), nil)
		if !errors.As(err, new(*barcode.LimitError)) {
			t.Errorf("%q: got %v, want a *LimitError", body, err)
		}
	}
}

// A stream without an end is left after MaxBytes.
func TestReadImageStopsReading(t *testing.T) {
	asked := &counter{}
	_, err := barcode.ReadImage(t.Context(), asked, &barcode.Options{MaxBytes: 1000})
	var limit *barcode.LimitError
	if !errors.As(err, &limit) || asked.n != 1001 {
		t.Errorf("read %d bytes, then %v", asked.n, err)
	}
}

type counter struct{ n int }

func (c *counter) Read(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

func TestReadImageEndsWithItsContext(t *testing.T) {
	ctx, end := context.WithCancelCause(t.Context())
	data := bytes.NewReader(file(t, "png", qr(t, address)))
	_, err := barcode.ReadImage(ctx, readerFunc(func(p []byte) (int, error) {
		end(errTurnedAway)
		return data.Read(p[:1])
	}), nil)
	if !errors.Is(err, errTurnedAway) {
		t.Errorf("got %v, want the context's cause", err)
	}
	if data.Len() != int(data.Size())-1 {
		t.Error("reading went on after the context had ended")
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// typed fails unless err is one of the types that a picture can cause.
func typed(t *testing.T, err error) {
	t.Helper()
	var notFound *barcode.NotFoundError
	var picture *barcode.PictureError
	var limit *barcode.LimitError
	if !errors.As(err, &notFound) && !errors.As(err, &picture) && !errors.As(err, &limit) {
		t.Fatalf("an error without a type: %v", err)
	}
}
