package barcode

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/makiuchi-d/gozxing"
)

// However large a picture is, no view of it has more than four million pixels
// or 8192 a side, and the first has at most a million.
func TestViewsAreBounded(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {640, 480}, {1000, 1000}, {1001, 1000}, {4032, 3024}, {9000, 5555}, {50_000_000, 1}, {1, 50_000_000}, {20, 200_000}} {
		for i, p := range passes(size[0], size[1]) {
			w, h := size[0]/p.shrink, size[1]/p.shrink
			if i == 0 && w*h > 1_000_000 {
				t.Errorf("%v: the first view has %d × %d pixels", size, w, h)
			}
			if p.double {
				w, h = 2*w, 2*h
			}
			if w*h > 4_000_000 || max(w, h) > 2*4096 {
				t.Errorf("%v: view %+v has %d × %d pixels", size, p, w, h)
			}
		}
	}
}

func TestNoPassIsTriedTwice(t *testing.T) {
	list := passes(640, 480)
	for i, p := range list {
		for _, other := range list[:i] {
			if p == other {
				t.Errorf("%+v is there twice", p)
			}
		}
	}
}

func TestShrinkAveragesAndEnlargeInterpolates(t *testing.T) {
	// The rows have a gap, the right column and the last row fill no square.
	picture := raster{w: 5, h: 3, stride: 6, pix: []byte{
		10, 20, 30, 40, 255, 1,
		30, 40, 50, 60, 255, 1,
		255, 255, 255, 255, 255,
	}}
	small := picture.shrink(2)
	if diff := cmp.Diff(raster{w: 2, h: 1, stride: 2, pix: []byte{25, 45}}, small, cmp.AllowUnexported(raster{})); diff != "" {
		t.Errorf("shrink: -want +got:\n%s", diff)
	}
	large := small.enlarge()
	want := raster{w: 4, h: 2, stride: 4, pix: []byte{25, 35, 45, 45, 25, 35, 45, 45}}
	if diff := cmp.Diff(want, large, cmp.AllowUnexported(raster{})); diff != "" {
		t.Errorf("enlarge: -want +got:\n%s", diff)
	}
	turned := raster{w: 2, h: 2, stride: 3, pix: []byte{1, 2, 0, 3, 4}}.turn()
	if diff := cmp.Diff([]byte{1, 3, 2, 4}, turned.pix); diff != "" {
		t.Errorf("turn: -want +got:\n%s", diff)
	}
}

func TestMiddleOutCoversThePicture(t *testing.T) {
	for _, height := range []int{1, 2, 3, 255, 256, 257, 511, 512, 513, 4096} {
		lines := middleOut(height)
		step := max(1, height/256)
		seen := map[int]bool{}
		for _, y := range lines {
			if y < 0 || y >= height || seen[y] {
				t.Fatalf("height %d: line %d is outside or there twice", height, y)
			}
			seen[y] = true
		}
		if len(lines) < height/step-1 || lines[0] != height/2 {
			t.Errorf("height %d: %d lines from %d", height, len(lines), lines[0])
		}
	}
}

// The long steps of a pass look at the context themselves.
func TestStepsEndWithTheirContext(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	end()
	view := raster{w: 99, h: 99, stride: 99, pix: make([]byte, 99*99)}
	bits, err := gozxing.NewSquareBitMatrix(99)
	if err != nil {
		t.Fatal(err)
	}
	_, inFinder := findPatterns(ctx, bits)
	_, inQR := pass{shrink: 1}.readQR(ctx, raster{w: 99, h: 99, stride: 99, pix: append(make([]byte, 99*50), bright(99*49)...)})
	_, inLines := pass{shrink: 1}.readCode128(ctx, view)
	for name, err := range map[string]error{"finder": inFinder, "QR": inQR, "Code 128": inLines} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func bright(n int) []byte {
	pix := make([]byte, n)
	for i := range pix {
		pix[i] = math.MaxUint8
	}
	return pix
}

// Every place where a row crosses a finder pattern is found, at the edge of the
// picture as well.
func TestScanRow(t *testing.T) {
	for _, test := range []struct {
		row  string
		ends []int
	}{
		{"#.###.#", []int{7}},
		{"..#.###.#..", []int{9}},
		{"##..######..##.#.###.#", []int{14, 22}},
		{"#.###.#.###.#", []int{7, 13}},
		{"#.###.###.#", nil},
		{"#.##.#", nil},
		{"###.#.###", nil},
		{".......", nil},
		{"#######", nil},
	} {
		bits, err := gozxing.NewBitMatrix(len(test.row), 1)
		if err != nil {
			t.Fatal(err)
		}
		for x, c := range test.row {
			if c == '#' {
				bits.Set(x, 0)
			}
		}
		var ends []int
		n := scanRow(bits, 0, func(_ []int, end int) { ends = append(ends, end) })
		if diff := cmp.Diff(test.ends, ends); diff != "" || n != len(ends) {
			t.Errorf("%s: %d hits, -want +got:\n%s", test.row, n, diff)
		}
	}
}
