package barcode

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
	m, a := &meter{ctx: t.Context(), left: 1000}, &arena{}
	small, err := picture.shrink(m, a, 2)
	if diff := cmp.Diff(raster{w: 2, h: 1, stride: 2, pix: []byte{25, 45}}, small, cmp.AllowUnexported(raster{})); diff != "" || err != nil {
		t.Errorf("shrink: %v -want +got:\n%s", err, diff)
	}
	large, err := small.enlarge(m, a)
	want := raster{w: 4, h: 2, stride: 4, pix: []byte{25, 35, 45, 45, 25, 35, 45, 45}}
	if diff := cmp.Diff(want, large, cmp.AllowUnexported(raster{})); diff != "" || err != nil {
		t.Errorf("enlarge: %v -want +got:\n%s", err, diff)
	}
	light := picture.inverted(a)
	if diff := cmp.Diff([]byte{245, 235, 225, 215, 0}, light.row(0)); diff != "" {
		t.Errorf("inverted: -want +got:\n%s", diff)
	}
}

func TestSharpenIsAnUnsharpMask(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 200 {
		g := raster{w: 1 + r.IntN(9), h: 1 + r.IntN(9)}
		g.stride = g.w + r.IntN(3)
		for range g.stride * g.h {
			g.pix = append(g.pix, byte(r.IntN(256)))
		}
		want := raster{w: g.w, h: g.h, stride: g.w}
		for i := range g.w * g.h {
			x, y, sum := i%g.w, i/g.w, 0
			for j := range 25 {
				sum += int(g.row(min(max(y+j/5-2, 0), g.h-1))[min(max(x+j%5-2, 0), g.w-1)])
			}
			v := int(g.row(y)[x])
			want.pix = append(want.pix, byte(min(max(v+(25*v-sum)*3/50, 0), 255)))
		}
		got, err := g.sharpen(&meter{ctx: t.Context(), left: 1000}, &arena{})
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(raster{})); diff != "" || err != nil {
			t.Fatalf("%+v: %v -want +got:\n%s", g, err, diff)
		}
	}
}

// A context that ends while a picture is read ends each of the steps, however
// large the picture is: that is the order of a millisecond of work.
func TestStepsEndWithTheirContext(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	end()
	view := raster{w: 999, h: 999, stride: 999, pix: append(make([]byte, 999*500), bright(999*499)...)}
	for name, step := range map[string]func(l *look) error{
		"shrink":    func(l *look) error { _, err := view.shrink(l.m, &l.arena, 3); return err },
		"enlarge":   func(l *look) error { _, err := view.enlarge(l.m, &l.arena); return err },
		"sharpen":   func(l *look) error { _, err := view.sharpen(l.m, &l.arena); return err },
		"threshold": func(l *look) error { _, err := view.threshold(l.m, &l.arena); return err },
		"level":     func(l *look) error { _, err := view.level(l.m, &l.arena); return err },
		"finder": func(l *look) error {
			l.finder.reset(bitmap{999, 999, view.pix})
			_, err := l.finder.search(l.m, 1)
			return err
		},
		"triples":  func(l *look) error { _, err := triples(l.m, make([]pattern, maxPatterns)); return err },
		"Code 128": func(l *look) error { l.view = view; _, err := l.readCode128(256); return err },
	} {
		l := &look{m: &meter{ctx: ctx, left: 1 << 30}, scratch: &scratch{}}
		if err := step(l); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		l.m = &meter{ctx: t.Context(), left: 1000}
		if err := step(l); !errors.Is(err, errSpent) {
			t.Errorf("%s: %v, want the effort spent", name, err)
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

// Ink that spreads, or is thin, still gives a pattern; other ratios do not.
func TestIsPattern(t *testing.T) {
	for runs, want := range map[[5]int]bool{
		{1, 1, 3, 1, 1}:      true,
		{2, 2, 6, 2, 2}:      true,
		{13, 7, 33, 7, 13}:   true, // by a third of a module
		{7, 13, 27, 13, 7}:   true,
		{10, 10, 50, 10, 10}: false,
		{10, 10, 10, 10, 10}: false,
		{20, 10, 30, 10, 10}: false,
		{10, 30, 10, 30, 10}: false,
		{1, 1, 2, 1, 1}:      false, // six pixels cannot hold seven modules
		{0, 10, 40, 10, 10}:  false,
	} {
		if got := isPattern(runs[0], runs[1], runs[2], runs[3], runs[4]); got != want {
			t.Errorf("%v: %v", runs, got)
		}
	}
}

// Every place where a row crosses a pattern is seen, at the picture's edge as
// well, and a pattern is kept once however many rows cross it.
func TestFinderKeepsEachPatternOnce(t *testing.T) {
	const dots = 7
	m := 6
	bits := bitmap{w: 3 * dots * m, h: dots * m}
	bits.dark = make([]byte, bits.w*bits.h)
	for i := range bits.dark {
		x, y := i%bits.w/m, i/bits.w/m
		ring := max((x%14)-3, 3-(x%14), y-3, 3-y)
		if ring != 2 && ring < 4 {
			bits.dark[i] = 1
		}
	}
	var f finder
	f.reset(bits)
	if _, err := f.search(&meter{ctx: t.Context(), left: 1 << 20}, 1); err != nil {
		t.Fatal(err)
	}
	want := []point{{21, 21}, {21 + 84, 21}}
	var got []point
	for _, p := range f.found {
		got = append(got, p.point)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(point{}), cmpopts.EquateApprox(0, 0.6)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
