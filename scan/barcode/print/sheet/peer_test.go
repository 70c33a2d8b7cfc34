package sheet_test

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/print"
	"github.com/anyscan/anyscan/scan/barcode/print/sheet"
)

// samples are sheets of each kind of code.
func samples(t *testing.T) map[string]*sheet.Sheet {
	t.Helper()
	withLogo, err := print.QR(address, &print.Options{Logo: logo()})
	if err != nil {
		t.Fatal(err)
	}
	bars, err := print.Code128("TABLE-0042", nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*sheet.Sheet{}
	for name, code := range map[string]*print.Code{"paper": paper(t), "logo": withLogo, "bars": bars} {
		all[name], err = sheet.A6(code, sheet.Content{Headline: "Scan with any app", Merchant: "Café <Größe> & Söhne", Notes: []string{"Till 7"}})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func texts() map[string]string {
	return map[string]string{"paper": address, "logo": address, "bars": "TABLE-0042"}
}

// program runs one of another project, or skips where the machine may lack it.
func program(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("ANYSCAN_FULL") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), path, args...).Output()
	if err != nil {
		t.Errorf("%s %v: %v", name, args, err)
	}
	return string(out)
}

// shown checks a picture that another program made of a sheet.
func shown(t *testing.T, name string, picture []byte) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	symbols, err := barcode.Decode(t.Context(), img, nil)
	if err != nil || len(symbols) != 1 || symbols[0].Text != texts()[name] {
		t.Errorf("%s: read as %v (%v)", name, symbols, err)
	}
	file := filepath.Join(t.TempDir(), "sheet.png")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := program(t, "zbarimg", "--raw", "-q", "-Sdisable", "-Sqrcode.enable", "-Scode128.enable", file); got != texts()[name]+"\n" {
		t.Errorf("%s: zbar reads %q", name, got)
	}
	if got := reds(img) > 0; got != (name == "logo") {
		t.Errorf("%s: there is a logo: %v", name, got)
	}
}

// reds counts what has the colour of the logo.
func reds(img image.Image) (n int) {
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA); c.R > 150 && c.G < 60 {
				n++
			}
		}
	}
	return n
}

// What poppler makes of the PDF is read by two readers, and it knows the size, the
// name and that no font is in it.
func TestAnotherProgramPrintsThePDF(t *testing.T) {
	for name, s := range samples(t) {
		dir := t.TempDir()
		var pdf bytes.Buffer
		if err := s.PDF(&pdf); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "sheet.pdf")
		if err := os.WriteFile(file, pdf.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		info := program(t, "pdfinfo", file)
		for _, want := range []string{"Café <Größe> & Söhne", "Pages:           1\n", "297.64 x 419.53 pts"} {
			if !strings.Contains(info, want) {
				t.Errorf("%s: pdfinfo does not say %q:\n%s", name, want, info)
			}
		}
		if fonts := strings.Count(program(t, "pdffonts", file), "\n"); fonts != 2 { // its heading
			t.Errorf("%s: there are fonts in it", name)
		}
		program(t, "pdftoppm", "-r", "150", "-png", "-singlefile", file, filepath.Join(dir, "page"))
		page, err := os.ReadFile(filepath.Join(dir, "page.png"))
		if err != nil {
			t.Fatal(err)
		}
		shown(t, name, page)
	}
}

// A name of whatever letters is the title of its PDF.
func TestPDFTitle(t *testing.T) {
	const name = "Caf\u00e9 (\u8336\\\u8336) \U0001d538 Bar"
	s, err := sheet.A6(paper(t), sheet.Content{Merchant: name, Fonts: [][]byte{file(t, arabic), file(t, chinese)}})
	if err != nil {
		t.Fatal(err)
	}
	var pdf bytes.Buffer
	if err := s.PDF(&pdf); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(file, pdf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if info := program(t, "pdfinfo", file); !strings.Contains(info, name+"\n") {
		t.Errorf("pdfinfo does not say %q:\n%s", name, info)
	}
}

// What a browser makes of the SVG is read by two readers.
func TestBrowserShowsTheSVG(t *testing.T) {
	ctx := webtest.Browser(t)
	for name, s := range samples(t) {
		var svg bytes.Buffer
		if err := s.SVG(&svg); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "sheet.svg")
		if err := os.WriteFile(file, svg.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		webtest.Do(ctx, t, chromedp.EmulateViewport(397, 560), chromedp.Navigate("file://"+file))
		shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		shown(t, name, shot)
	}
}

// An SVG has shapes and a title, and nothing that leads elsewhere.
func TestSVGRefersToNothing(t *testing.T) {
	var svg bytes.Buffer
	if err := samples(t)["logo"].SVG(&svg); err != nil {
		t.Fatal(err)
	}
	names, title := map[string]bool{}, ""
	for d := xml.NewDecoder(bytes.NewReader(svg.Bytes())); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			names[token.Name.Local] = true
			for _, a := range token.Attr {
				if a.Name.Local == "href" && !strings.HasPrefix(a.Value, "data:image/png;base64,") {
					t.Errorf("it refers to %.40s", a.Value)
				}
			}
		case xml.CharData:
			title += strings.TrimSpace(string(token))
		}
	}
	want := map[string]bool{"svg": true, "title": true, "rect": true, "path": true, "image": true}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("elements (-want +got):\n%s", diff)
	}
	if title != "Café <Größe> & Söhne" {
		t.Errorf("the title is %q", title)
	}
}
