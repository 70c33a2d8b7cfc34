package sheet

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/scan/barcode/print"
)

// A name is set in one line where it is not much smaller so, and else in two.
func TestFit(t *testing.T) {
	_, regular, err := loadFaces(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := setter{faces: regular}
	type set struct {
		lines int
		size  float64
	}
	got, want := map[string]set{}, map[string]set{
		"":                      {0, 0},
		"Café":                  {1, 9},
		"Corner Café and Sons":  {1, 8.5},
		"Riverside Books & Tea": {1, 8.5},
		"The Old Riverside Bookshop of Little Hampton": {2, 7},
		"Donaudampfschifffahrtsgesellschaft":           {1, 5.5}, // rather small than broken
		"Blumengroßhandelsgesellschaft Donaustadt":     {2, 6},
		strings.Repeat("Blumengroßhandel", 3):          {2, 6.5}, // too long for a line
	}
	for text := range want {
		b, err := s.fit("Merchant", text, style{9, 4.5, 2})
		if err != nil {
			t.Fatal(err)
		}
		got[text] = set{len(b.lines), b.size}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(set{})); diff != "" {
		t.Errorf("lines and sizes (-want +got):\n%s", diff)
	}
}

// Letters that reach further than others take more room: nothing is drawn over what
// stands before or after it, and nothing over the border of the code.
func TestTallLettersTakeTheirRoom(t *testing.T) {
	font, err := os.ReadFile("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
	if err != nil && os.Getenv("ANYSCAN_FULL") != "1" {
		t.Skip("it is not here:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	code, err := print.QR("https://shop.example/c/7Q2M", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"Cafe" + strings.Repeat("\u0301", 4), "Cafe" + strings.Repeat("\u0323", 4), "\u030dCafe"} {
		s, err := A6(code, Content{Headline: text, Merchant: text, Notes: []string{text, "Till 7"}, Fonts: [][]byte{font}})
		if err != nil {
			t.Fatal(err)
		}
		end := margin
		for i, p := range s.drawing.paths {
			at := p.bounds()
			if i == 1 { // the code
				module := at.width / float64(code.Size().X-8)
				at = box{at.x - 4*module, at.y - 4*module, at.width + 8*module, at.height + 8*module}
			}
			if at.x < margin-0.01 || at.x+at.width > width-margin+0.01 || at.y < end-0.01 {
				t.Errorf("%+q: shape %d is at %.1f, what comes before it ends at %.1f", text, i, at, end)
			}
			end = at.y + at.height
		}
		if end > height-margin+0.01 {
			t.Errorf("%+q: the last shape ends at %.1f", text, end)
		}
	}
	var refused *CodeError
	if _, err := A6(code, Content{Merchant: "Cafe" + strings.Repeat("\u0301", 90), Fonts: [][]byte{font}}); !errors.As(err, &refused) || !strings.Contains(refused.Problem, "would be 0.00 mm wide") {
		t.Errorf("letters as tall as a sheet: %v, want a *CodeError", err)
	}
}

// What the documentation of A6 says of a code's width, without its border.
func TestWidthOfTheCode(t *testing.T) {
	code, err := print.QR(strings.Repeat("x", 170), &print.Options{Use: print.UsePaper})
	if err != nil {
		t.Fatal(err)
	}
	long := "The Old Riverside Bookshop of Little Hampton"
	for name, test := range map[string]struct {
		content Content
		want    float64
	}{
		"a name":    {Content{Merchant: "Café"}, 80},
		"all texts": {Content{Headline: "Scan with any app that you have", Merchant: long, Notes: []string{"Till 1", "Till 2", "Till 3", "Till 4"}}, 50},
	} {
		s, err := A6(code, test.content)
		if err != nil {
			t.Fatal(err)
		}
		got := 0.0
		for _, p := range s.drawing.paths {
			if at := p.bounds(); at.height > 20 { // the code
				got = at.width
			}
		}
		if got < test.want-5 || got > test.want+10 {
			t.Errorf("%s: %.1f mm, want about %.0f", name, got, test.want)
		}
	}
}
