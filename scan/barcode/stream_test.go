package barcode_test

import (
	"errors"
	"image"
	"image/draw"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/scan/barcode"
)

// at is a frame with a code at a place; nil for none.
func at(code image.Image, x, y int) image.Image {
	frame := image.NewGray(image.Rect(0, 0, 640, 480))
	draw.Draw(frame, frame.Rect, image.White, image.Point{}, draw.Src)
	if code != nil {
		draw.Draw(frame, code.Bounds().Add(image.Pt(x, y)), code, image.Point{}, draw.Src)
	}
	return frame
}

func stream(t *testing.T) *barcode.Stream {
	t.Helper()
	s, err := barcode.NewStream(nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// texts is what the next frame brings.
func texts(t *testing.T, s *barcode.Stream, frame image.Image) (out []string) {
	t.Helper()
	symbols, err := s.Next(t.Context(), frame)
	if err != nil {
		t.Fatal(err)
	}
	for _, symbol := range symbols {
		out = append(out, symbol.Text)
	}
	return out
}

// A code is reported when it comes into sight, however it moves then, and
// again when it comes back after a second.
func TestStreamReportsACodeOnce(t *testing.T) {
	s, code := stream(t), qr(t, address)
	seen := 0
	for i := range 200 {
		frame := at(code, 20+4*(i%100), 30+2*(i%100))
		if i > 100 && i < 150 {
			frame = at(nil, 0, 0)
		}
		got := texts(t, s, frame)
		if want := i == 0 || i == 150; want != (len(got) == 1) {
			t.Errorf("frame %d: %q", i, got)
		}
		seen += len(got)
	}
	if seen != 2 {
		t.Errorf("reported %d times", seen)
	}
}

// While a code stays in its place another one that comes into sight is
// reported within four frames.
func TestStreamSeesAnotherCodeComeIntoSight(t *testing.T) {
	s, first, second := stream(t), qr(t, address), qr(t, address+"2")
	var all []string
	for i := range 12 {
		frame := at(first, 10, 10).(*image.Gray)
		if i >= 5 {
			draw.Draw(frame, second.Bounds().Add(image.Pt(450, 300)), second, image.Point{}, draw.Src)
		}
		got := texts(t, s, frame)
		all = append(all, got...)
		if i == 8 && len(all) != 2 {
			t.Errorf("after frame %d: %q", i, all)
		}
	}
	if diff := cmp.Diff([]string{address, address + "2"}, all); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Frames of another size, and frames that are refused, end nothing.
func TestStreamGoesOn(t *testing.T) {
	s, code := stream(t), qr(t, address)
	if got := texts(t, s, at(code, 10, 10)); len(got) != 1 {
		t.Fatalf("read %q", got)
	}
	if _, err := s.Next(t.Context(), nil); !errors.As(err, new(*barcode.PictureError)) {
		t.Errorf("nil: %v", err)
	}
	if got := texts(t, s, tiled(40)); got != nil {
		t.Errorf("a crowd: %q", got)
	}
	for _, small := range []image.Image{code, image.NewGray(image.Rect(0, 0, 1, 1)), qr(t, address+"3")} {
		texts(t, s, small)
	}
	if got := texts(t, s, qr(t, address+"4")); len(got) != 1 {
		t.Errorf("then: %q", got)
	}
	if _, err := barcode.NewStream(&barcode.Options{Formats: []barcode.Format{"EAN-13"}}); !errors.As(err, new(*barcode.FormatError)) {
		t.Errorf("EAN-13: %v", err)
	}
}

// The corners are those of the frame, also where only a part was looked at.
func TestStreamCornersAreOfTheFrame(t *testing.T) {
	s, first, second := stream(t), qr(t, address), qr(t, address[:len(address)-1]+"1")
	frame := func(code image.Image) image.Image {
		return as(at(code, 300, 200), func(r image.Rectangle) draw.Image { return image.NewGray(r) })
	}
	texts(t, s, frame(first))
	symbols, err := s.Next(t.Context(), frame(second))
	if err != nil || len(symbols) != 1 {
		t.Fatal(symbols, err)
	}
	onCode(t, symbols[0].Corners, func(p image.Point) image.Point { return p.Add(image.Pt(300-7, 200+11)) })
}
