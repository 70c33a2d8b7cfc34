package print_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

func svg(t rapid.TB, c *print.Code) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.SVG(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// drawing is what an SVG of ours says.
type drawing struct {
	Width   string `xml:"width,attr"`
	Height  string `xml:"height,attr"`
	ViewBox string `xml:"viewBox,attr"`
	Path    struct {
		D string `xml:"d,attr"`
	} `xml:"path"`
}

func read(t rapid.TB, text string) (d drawing) {
	t.Helper()
	if err := xml.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// raster fills the path as the SVG specification says of evenodd, one pixel a
// module: what is left of a pixel is crossed by an odd number of vertical lines.
func (d drawing) raster(t rapid.TB) *image.Gray {
	t.Helper()
	var x0, y0, w, h int
	if _, err := fmt.Sscanf(d.ViewBox, "%d %d %d %d", &x0, &y0, &w, &h); err != nil || x0 != 0 || y0 != 0 {
		t.Fatalf("the view box is %q: %v", d.ViewBox, err)
	}
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	cross := func(x, from, to int) {
		for y := min(from, to); y < max(from, to); y++ {
			for i := x; i < w; i++ {
				img.Pix[y*img.Stride+i] = ^img.Pix[y*img.Stride+i]
			}
		}
	}
	command := regexp.MustCompile(`([Mhvz])(-?\d*) ?(\d*)`)
	if rest := command.ReplaceAllString(d.Path.D, ""); rest != "" {
		t.Fatalf("the path has %q", rest)
	}
	var x, y, startX, startY int
	for _, m := range command.FindAllStringSubmatch(d.Path.D, -1) {
		n, _ := strconv.Atoi(m[2])
		switch m[1] {
		case "M":
			x = n
			y, _ = strconv.Atoi(m[3])
			startX, startY = x, y
		case "h":
			x += n
		case "v":
			cross(x, y, y+n)
			y += n
		case "z":
			if x != startX && y != startY {
				t.Fatalf("a loop closes askew, from %d,%d to %d,%d", x, y, startX, startY)
			}
			cross(x, y, startY)
			x, y = startX, startY
		}
	}
	return img
}

// The outline holds every module that the picture has, and no other.
func TestSVGIsThePicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		make, text := print.QR, rapid.StringMatching(`[A-Za-z0-9/?=&:._-]{1,40}`).Draw(t, "text")
		if rapid.Bool().Draw(t, "bars") {
			make = print.Code128
		}
		code, err := make(text, &print.Options{Scale: 2})
		if err != nil {
			t.Fatal(err)
		}
		picture, drawn := code.Image(), read(t, svg(t, code)).raster(t)
		if got := drawn.Rect.Size().Mul(2); got != picture.Bounds().Size() {
			t.Fatalf("the view box is %v, the picture %v", got, picture.Bounds().Size())
		}
		for y := range drawn.Rect.Dy() {
			for x := range drawn.Rect.Dx() {
				if want := color.GrayModel.Convert(picture.At(2*x, 2*y)); want != drawn.At(x, y) {
					t.Fatalf("the module at %d,%d is %v, want %v", x, y, drawn.At(x, y), want)
				}
			}
		}
	})
}

// It holds a ground and a path, and nothing that leads elsewhere.
func TestSVGRefersToNothing(t *testing.T) {
	code, err := print.QR("https://shop.example/?a=1&v=<AQ>", &print.Options{Millimetres: 50})
	if err != nil {
		t.Fatal(err)
	}
	text := svg(t, code)
	var names []string
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			names = append(names, start.Name.Local)
			for _, a := range start.Attr {
				names = append(names, a.Name.Local)
			}
		}
	}
	want := []string{"svg", "xmlns", "width", "height", "viewBox", "shape-rendering", "rect", "width", "height", "fill", "path", "fill", "fill-rule", "d"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("elements and attributes (-want +got):\n%s", diff)
	}
	if strings.Contains(text, "shop.example") || strings.Count(text, "://") != 1 {
		t.Error("it refers to something beside its own namespace, or says in words what the code says")
	}
}

func TestSVGIsAsWideAsItIsPrinted(t *testing.T) {
	for _, c := range []struct {
		make          func(string, *print.Options) (*print.Code, error)
		mm            float64
		width, height string
	}{
		{print.QR, 0, "232", "232"},
		{print.QR, 50, "50mm", "50mm"},
		{print.QR, 33.333, "33.333mm", "33.333mm"},
		{print.Code128, 0, "528", "128"},
		{print.Code128, 80, "80mm", "19.394mm"},
	} {
		code, err := c.make("TABLE-7", &print.Options{Millimetres: c.mm})
		if err != nil {
			t.Fatal(err)
		}
		if d := read(t, svg(t, code)); d.Width != c.width || d.Height != c.height {
			t.Errorf("%g mm: %s × %s, want %s × %s", c.mm, d.Width, d.Height, c.width, c.height)
		}
	}
	for _, mm := range []float64{-1, 7.2, 2001, math.NaN(), math.Inf(1)} {
		_, err := print.QR("TABLE-7", &print.Options{Millimetres: mm})
		var refused *print.OptionError
		if !errors.As(err, &refused) || refused.Option != "Millimetres" || !strings.Contains(refused.Problem, "29 modules with its border, 7.25 to 2000 are possible") {
			t.Errorf("%g mm: %v", mm, err)
		}
	}
	if _, err := print.QR("TABLE-7", &print.Options{Millimetres: 7.25}); err != nil {
		t.Error(err)
	}
}

// What a browser makes of the file, our reader and another project's read.
func TestBrowserShowsSVGThatIsRead(t *testing.T) {
	ctx := webtest.Browser(t)
	address := "https://acquirer.example/m/teahouse?n=ju6kg2x3&amount=136.00CNY&v=" + strings.Repeat("AZ-_9a", 18)[:107]
	for name, c := range map[string]struct {
		make func(string, *print.Options) (*print.Code, error)
		text string
		opts print.Options
	}{
		"screen":   {print.QR, address, print.Options{Scale: 5}},
		"paper":    {print.QR, address, print.Options{Use: print.UsePaper, Millimetres: 60}},
		"level H":  {print.QR, address, print.Options{Level: print.LevelH, Millimetres: 70.5}},
		"Code 128": {print.Code128, "TABLE-0042", print.Options{Millimetres: 100}},
	} {
		code, err := c.make(c.text, &c.opts)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "code.svg")
		if err := os.WriteFile(file, []byte(svg(t, code)), 0o600); err != nil {
			t.Fatal(err)
		}
		webtest.Do(ctx, t, chromedp.EmulateViewport(900, 900), chromedp.Navigate("file://"+file))
		wide, err := chromedp.Run(ctx, chromedp.Evaluate[float64]("document.documentElement.getBoundingClientRect().width"))
		if want := c.opts.Millimetres / 25.4 * 96; err != nil || want > 0 && math.Abs(wide-want) > 0.1 {
			t.Errorf("%s: %g pixels wide (%v), want %g", name, wide, err, want)
		}
		shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(shot))
		if err != nil {
			t.Fatal(err)
		}
		symbols, err := barcode.Decode(t.Context(), img, nil)
		if err != nil || symbols[0].Text != c.text {
			t.Errorf("%s: read as %v (%v)", name, symbols, err)
		}
		if got := zbar(t, img); got != c.text {
			t.Errorf("%s: zbar reads %q", name, got)
		}
	}
}

// The table in the documentation of Use is measured.
func TestUseSaysHowMuchSurvives(t *testing.T) {
	address := "https://acquirer.example/m/teahouse?n=ju6kg2x3&till=1234&v=" + strings.Repeat("AZ-_9a", 20)
	widths := map[print.Options]int{}
	want := map[print.Options]int{{}: 61, {Use: print.UseScreen}: 61, {Use: print.UsePaper}: 69,
		{Use: print.UseLogo}: 77, {Level: print.LevelH}: 77, {Use: print.UsePaper, Level: print.LevelL}: 57}
	for opts := range want {
		code, err := print.QR(address[:170], &opts)
		if err != nil {
			t.Fatal(err)
		}
		widths[opts] = code.Image().Bounds().Dx() / 8
	}
	if diff := cmp.Diff(want, widths); diff != "" {
		t.Errorf("modules of 170 characters (-want +got):\n%s", diff)
	}
	_, err := print.QR("x", &print.Options{Use: "tattoo"})
	if diff := cmp.Diff(&print.OptionError{Option: "Use", Problem: `is "tattoo"; screen, paper and logo are possible`}, err); diff != "" {
		t.Error(diff)
	}
}
