package barcode_test

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/scan/barcode"
)

func notFound(t *testing.T, img image.Image, formats []barcode.Format) {
	t.Helper()
	_, err := barcode.Decode(t.Context(), img, &barcode.Options{Formats: formats})
	var got *barcode.NotFoundError
	if !errors.As(err, &got) {
		t.Fatalf("got %v, want a *NotFoundError", err)
	}
	if formats == nil {
		formats = []barcode.Format{barcode.QR, barcode.Code128}
	}
	want := barcode.NotFoundError{Formats: formats, Width: img.Bounds().Dx(), Height: img.Bounds().Dy()}
	if diff := cmp.Diff(want, *got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestPicturesWithoutCode(t *testing.T) {
	for _, size := range []int{1, 2, 3, 7, 20, 39, 40, 41, 300} {
		flat := image.NewGray(image.Rect(0, 0, size, size))
		notFound(t, flat, nil)
		notFound(t, inverted(flat), nil)
	}
	notFound(t, image.NewGray(image.Rect(0, 0, 100_000, 1)), nil)
	notFound(t, image.NewGray(image.Rect(0, 0, 1, 100_000)), nil)
}

func TestRefusedPictures(t *testing.T) {
	for name, test := range map[string]struct {
		img  image.Image
		opts *barcode.Options
		want error
	}{
		"nil":      {nil, nil, &barcode.PictureError{Problem: "there is no picture: the image is nil"}},
		"empty":    {&image.Gray{}, nil, &barcode.PictureError{Problem: "the picture has no pixels"}},
		"no rows":  {image.NewRGBA(image.Rect(0, 0, 9, 0)), nil, &barcode.PictureError{Problem: "the picture has no pixels"}},
		"endless":  {image.White, nil, &barcode.LimitError{What: "pixels", Limit: 50_000_000}},
		"overflow": {vast{}, nil, &barcode.LimitError{What: "pixels", Limit: 50_000_000}},
		"above the limit": {image.NewGray(image.Rect(0, 0, 101, 100)), &barcode.Options{MaxPixels: 10_100 - 1},
			&barcode.LimitError{What: "pixels", Limit: 10_099}},
		"EAN": {image.NewGray(image.Rect(0, 0, 9, 9)), &barcode.Options{Formats: []barcode.Format{"EAN-13"}},
			&barcode.FormatError{Format: "EAN-13"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := barcode.Decode(t.Context(), test.img, test.opts)
			if diff := cmp.Diff(test.want, err); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	notFound(t, image.NewGray(image.Rect(0, 0, 101, 100)), nil)
}

// vast claims so many pixels that their number is 1, in an int that wraps.
type vast struct{ image.Image }

func (vast) Bounds() image.Rectangle { return image.Rect(0, 0, math.MaxInt, math.MaxInt) }

// watched ends a context when a given row is asked for, and counts rows.
type watched struct {
	image.Image
	end  context.CancelCauseFunc
	at   int
	last int
}

func (w *watched) At(x, y int) color.Color {
	if y == w.at {
		w.end(errTurnedAway)
	}
	w.last = max(w.last, y)
	return w.Image.At(x, y)
}

var errTurnedAway = errors.New("the camera was turned away")

func TestDecodeEndsWithItsContext(t *testing.T) {
	ctx, end := context.WithCancelCause(t.Context())
	img := &watched{Image: qr(t, address), end: end, at: 10}
	if _, err := barcode.Decode(ctx, img, nil); !errors.Is(err, errTurnedAway) {
		t.Errorf("got %v, want the context's cause", err)
	}
	if img.last > img.at {
		t.Errorf("row %d was still read, the context ended in row %d", img.last, img.at)
	}
	if _, err := barcode.Decode(ctx, image.NewGray(image.Rect(0, 0, 99, 99)), nil); !errors.Is(err, errTurnedAway) {
		t.Errorf("got %v, want the context's cause", err)
	}
}

func TestDecodeIsConcurrent(t *testing.T) {
	img := qr(t, address)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			symbols, err := barcode.Decode(t.Context(), img, nil)
			if err != nil || symbols[0].Text != address {
				t.Errorf("read %v, %v", symbols, err)
			}
		})
	}
	all.Wait()
}
