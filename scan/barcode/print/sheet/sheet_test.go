package sheet_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/scan/barcode/print"
	"github.com/anyscan/anyscan/scan/barcode/print/sheet"
)

const address = "https://acquirer.example/m/teahouse?n=ju6kg2x3&till=1234&v=AZ-_9aAZ-_9aAZ-_9aAZ-_9aAZ-_9aAZ-_9aAZ-_9aAZ-_9aAZ-_9aAZ-_9aAZ-_9aAZ-_9aAZ-_9aAZ-_9aAZ-_9aAZ-_9aAZ-_9aAZ-_9a"

func paper(t rapid.TB) *print.Code {
	t.Helper()
	code, err := print.QR(address, &print.Options{Use: print.UsePaper})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// file is one that the machine has, or may lack where it need not be complete.
func file(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil && os.Getenv("ANYSCAN_FULL") != "1" {
		t.Skip("it is not here:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const (
	chinese = "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"
	arabic  = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
)

// Whatever a merchant is called: the sheet is refused since a text does not fit, or
// its code is read (A6 does that itself), and nothing is printed into the margin.
func TestNothingReachesTheMargin(t *testing.T) {
	code := paper(t)
	words := rapid.StringMatching(`[A-ZÄ-Ñа-яα-ω0-9&'.,€-]{1,14}( [a-zß-ñ]{1,9}){0,9}`)
	rapid.Check(t, func(t *rapid.T) {
		c := sheet.Content{
			Headline: rapid.OneOf(rapid.Just(""), words).Draw(t, "headline"),
			Merchant: words.Draw(t, "merchant"),
			Notes:    rapid.SliceOfN(words, 0, 4).Draw(t, "notes"),
		}
		s, err := sheet.A6(code, c)
		var refused *sheet.ContentError
		if errors.As(err, &refused) && strings.Contains(refused.Problem, "does not fit") {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		inner := image.Rect(94, 94, 1240-94, 1748-94) // 8 mm
		if got := ink(s.Image()); !got.In(inner) {
			t.Errorf("printed on %v, want within %v", got, inner)
		}
	})
}

// ink is the smallest rectangle around all that is not white.
func ink(img image.Image) (all image.Rectangle) {
	rgba := img.(*image.RGBA)
	for y := range rgba.Rect.Dy() {
		for x := range rgba.Rect.Dx() {
			if rgba.Pix[y*rgba.Stride+4*x] < 250 {
				all = all.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return all
}

func TestOtherScripts(t *testing.T) {
	for name, test := range map[string]struct {
		merchant, font, missing string
	}{
		"Chinese": {"老茶馆 Teahouse", chinese, `has '老' (U+8001), which no font here has: give one that does in Fonts`},
		"Arabic":  {"مقهى", arabic, `has 'م' (U+0645), which no font here has: give one that does in Fonts`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sheet.A6(paper(t), sheet.Content{Merchant: test.merchant})
			if diff := cmp.Diff(&sheet.ContentError{Field: "Merchant", Problem: test.missing}, err); diff != "" {
				t.Errorf("without a font (-want +got):\n%s", diff)
			}
			if _, err := sheet.A6(paper(t), sheet.Content{Merchant: test.merchant, Fonts: [][]byte{file(t, test.font)}}); err != nil {
				t.Error(err)
			}
		})
	}
}

// Of what runs from the right, the first letter stands to the right: alef is a
// stroke, and of these two names one ends and the other begins with it.
func TestTextFromTheRight(t *testing.T) {
	fonts := [][]byte{file(t, arabic)}
	strokes := func(merchant string) image.Rectangle {
		s, err := sheet.A6(paper(t), sheet.Content{Merchant: merchant, Fonts: fonts})
		if err != nil {
			t.Fatal(err)
		}
		img := s.Image().(*image.RGBA)
		draw.Draw(img, image.Rect(0, 0, 1240, 1340), image.White, image.Point{}, draw.Src) // the code
		all := ink(img)
		// Alef alone reaches the top.
		return ink(img.SubImage(image.Rect(all.Min.X, all.Min.Y, all.Max.X, all.Min.Y+5)).(*image.RGBA)).Add(image.Pt(all.Min.X, 0))
	}
	begins, ends := strokes("اببب"), strokes("بببا")
	if begins.Min.X <= ends.Max.X {
		t.Errorf("the stroke that comes first is at %v, the one that comes last at %v", begins, ends)
	}
}

// However a keyboard writes its accents, the sheet looks the same.
func TestAccents(t *testing.T) {
	var files []string
	for _, merchant := range []string{"Caf\u00e9 Gr\u00f6\u00dfe", "Cafe\u0301 Gro\u0308\u00dfe"} {
		s, err := sheet.A6(paper(t), sheet.Content{Merchant: merchant})
		if err != nil {
			t.Fatal(err)
		}
		var file strings.Builder
		if err := s.SVG(&file); err != nil {
			t.Fatal(err)
		}
		_, shapes, _ := strings.Cut(file.String(), "</title>")
		files = append(files, shapes)
	}
	if files[0] != files[1] {
		t.Error("one that is written in two characters looks different")
	}
}

func TestRefused(t *testing.T) {
	long := strings.Repeat("x", 201)
	font := sheet.Content{Merchant: "Café", Fonts: [][]byte{[]byte("not a font")}}
	for name, test := range map[string]struct {
		content sheet.Content
		want    sheet.ContentError
	}{
		"no name":     {sheet.Content{}, sheet.ContentError{Field: "Merchant", Problem: "is empty; a payer wants to see whom the code is of"}},
		"only space":  {sheet.Content{Merchant: "  "}, sheet.ContentError{Field: "Merchant", Problem: "is nothing but space; leave it empty"}},
		"too long":    {sheet.Content{Merchant: "Café", Headline: long}, sheet.ContentError{Field: "Headline", Problem: "has 201 bytes; at most 200 are possible"}},
		"too wide":    {sheet.Content{Merchant: long[:120]}, sheet.ContentError{Field: "Merchant", Problem: "does not fit into lines of 89 mm, 2 at most; make it shorter"}},
		"wide note":   {sheet.Content{Merchant: "Café", Notes: []string{"a", long[:90]}}, sheet.ContentError{Field: "Notes[1]", Problem: "does not fit into lines of 89 mm, 1 at most; make it shorter"}},
		"not UTF-8":   {sheet.Content{Merchant: "Caf\xe9"}, sheet.ContentError{Field: "Merchant", Problem: "is not valid UTF-8"}},
		"a new line":  {sheet.Content{Merchant: "Café\nBar"}, sheet.ContentError{Field: "Merchant", Problem: "has the control U+000A at byte 5; letters and space are possible"}},
		"turned":      {sheet.Content{Merchant: "Caf\u202eé"}, sheet.ContentError{Field: "Merchant", Problem: "has the control U+202E at byte 3; letters and space are possible"}},
		"many notes":  {sheet.Content{Merchant: "Café", Notes: make([]string, 5)}, sheet.ContentError{Field: "Notes", Problem: "has 5 lines; at most 4 are possible"}},
		"no such ink": {sheet.Content{Merchant: "Café 🍵"}, sheet.ContentError{Field: "Merchant", Problem: `has '🍵' (U+1F375), which no font here has: give one that does in Fonts`}},
		"large fonts": {sheet.Content{Merchant: "Café", Fonts: [][]byte{make([]byte, 64<<20+1)}}, sheet.ContentError{Field: "Fonts", Problem: "has more than 64 MiB"}},
	} {
		s, err := sheet.A6(paper(t), test.content)
		if diff := cmp.Diff(&test.want, err); diff != "" || s != nil {
			t.Errorf("%s: sheet %v (-want +got):\n%s", name, s, diff)
		}
	}
	var refused *sheet.ContentError
	if _, err := sheet.A6(paper(t), font); !errors.As(err, &refused) || refused.Field != "Fonts[0]" || !strings.HasPrefix(refused.Problem, "is no TrueType or OpenType font: ") {
		t.Errorf("not a font: %v", err)
	}
}

func TestCodesThatAreRefused(t *testing.T) {
	var refused *sheet.CodeError
	for _, none := range []*print.Code{nil, {}} {
		if _, err := sheet.A6(none, sheet.Content{Merchant: "Café"}); !errors.As(err, &refused) || refused.Problem != "is nil or empty; make one with package print" {
			t.Errorf("%v: %v", none, err)
		}
	}
	fine, err := print.QR(strings.Repeat("x", 2900), &print.Options{Level: print.LevelL, Scale: 3})
	if err != nil {
		t.Fatal(err)
	}
	want := &sheet.CodeError{Problem: "has 185 x 185 modules, which would be 0.48 mm wide beside these texts; 0.5 mm are right: a shorter text in the code, a lower level, or less text around it"}
	if _, err := sheet.A6(fine, sheet.Content{Merchant: "Café"}); !cmp.Equal(err, error(want)) {
		t.Errorf("too fine (-want +got):\n%s", cmp.Diff(error(want), err))
	}
}

// A payer sees the name: what draws nothing is none, whether a font has it or not.
func TestNamesThatShowNothing(t *testing.T) {
	for name, test := range map[string]struct{ merchant, problem string }{
		"a joiner":            {"\u200d", "has nothing that is seen; leave it empty"},
		"a joiner and space":  {"\u200d \u200c", "has nothing that is seen; leave it empty"},
		"a selector":          {"\ufe0f", "has nothing that is seen; leave it empty"},
		"an empty letter":     {"\u2800", "has '\u2800' (U+2800), which no font here has: give one that does in Fonts"},
		"a filler of letters": {"Caf\u00e9 \u3164", "has '\u3164' (U+3164), which no font here has: give one that does in Fonts"},
	} {
		s, err := sheet.A6(paper(t), sheet.Content{Merchant: test.merchant, Fonts: [][]byte{file(t, arabic), file(t, chinese)}})
		want := &sheet.ContentError{Field: "Merchant", Problem: test.problem}
		if diff := cmp.Diff(error(want), err); diff != "" || s != nil {
			t.Errorf("%s: sheet %v (-want +got):\n%s", name, s, diff)
		}
	}
}

// A name can be written in blocks whose upper half a reader takes for a code: no sheet
// is made of it.
func TestANameIsNoCode(t *testing.T) {
	code, err := print.Code128("42", nil)
	if err != nil {
		t.Fatal(err)
	}
	var name strings.Builder
	for x := 10; x < code.Size().X-10; x += 2 {
		i := 0
		if code.Dark(x, 0) {
			i++
		}
		if code.Dark(x+1, 0) {
			i += 2
		}
		name.WriteString([]string{"\u2584", "\u258c", "\u2590", "\u2588"}[i])
	}
	s, err := sheet.A6(paper(t), sheet.Content{Merchant: name.String()})
	want := &sheet.ContentError{Field: "Merchant", Problem: "has the block U+2588 at byte 0, of which bars can be made that read as a code; letters and space are possible"}
	if diff := cmp.Diff(error(want), err); diff != "" || s != nil {
		t.Errorf("%s: sheet %v (-want +got):\n%s", name.String(), s, diff)
	}
}

// full takes so many bytes and no more.
type full struct{ room int }

var errFull = errors.New("the disk is full")

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriterErrors(t *testing.T) {
	s, err := sheet.A6(paper(t), sheet.Content{Merchant: "Café"})
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range []int{0, 1000} {
		if err := s.SVG(&full{room}); !errors.Is(err, errFull) {
			t.Errorf("SVG: %v", err)
		}
		if err := s.PDF(&full{room}); !errors.Is(err, errFull) {
			t.Errorf("PDF: %v", err)
		}
	}
}

// What is in a file does not depend on what was done with the sheet before.
func TestSheetDoesNotChange(t *testing.T) {
	s, err := sheet.A6(paper(t), sheet.Content{Merchant: "Café"})
	if err != nil {
		t.Fatal(err)
	}
	var before, after bytes.Buffer
	if err := s.SVG(&before); err != nil {
		t.Fatal(err)
	}
	clear(s.Image().(*image.RGBA).Pix)
	if err := errors.Join(s.PDF(&bytes.Buffer{}), s.SVG(&after)); err != nil {
		t.Fatal(err)
	}
	if before.String() != after.String() || ink(s.Image()).Empty() {
		t.Error("the sheet changed")
	}
}

func logo() image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 60, 60))
	draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{176, 32, 48, 255}), image.Point{}, draw.Src)
	return img
}
