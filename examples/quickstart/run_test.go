package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

// quickstart runs the program as a person would who is not at the keyboard.
func quickstart(t *testing.T, args ...string) (status int, out, stderr string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, nil, &o, &e)
	return status, o.String(), e.String()
}

// lines reads what -json printed.
func lines(t *testing.T, out string) (all []console.Line) {
	t.Helper()
	for text := range strings.Lines(out) {
		var l console.Line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		all = append(all, l)
	}
	return all
}

func TestEveryModePaysWithItsComponent(t *testing.T) {
	for _, c := range []struct {
		args  []string
		want  string
		chose string // the choose step: who determined it
	}{
		{[]string{"-mode", "choose"}, "blue", "blue, the first offer: nobody was asked"},
		{[]string{"-mode", "choose", "-pay", "amber"}, "amber", "amber, by -pay"},
		{[]string{"-mode", "app"}, "blue", "blue, by mode app"},
		{[]string{"-mode", "app", "-pay", "green"}, "green", "green, by mode app"},
		{[]string{"-mode", "gateway"}, "green", "green, by mode gateway"},
		{[]string{"-mode", "terminal"}, "amber", "amber, by mode terminal"},
		{[]string{"-mode", "terminal", "-pay", "green"}, "green", "green, by mode terminal"},
		{[]string{"-shop"}, "blue", "blue, the first offer: nobody was asked"},
	} {
		status, out, stderr := quickstart(t, append(c.args, "-json", "-dir", t.TempDir())...)
		if status != 0 {
			t.Errorf("%v: status %d: %s", c.args, status, stderr)
			continue
		}
		for _, l := range lines(t, out) {
			if l.Step == "choose" && l.Detail != c.chose {
				t.Errorf("%v: chosen was %q, want %q", c.args, l.Detail, c.chose)
			}
			if l.Status != nil && (l.Status.State != order.StatePaid || l.Status.Payment.Component != c.want) {
				t.Errorf("%v: at the %s the order is %s by %+v, want paid by %s", c.args, l.Server, l.Status.State, l.Status.Payment, c.want)
			}
		}
	}
}

func TestACommandLineThatIsNotUnderstood(t *testing.T) {
	for _, args := range [][]string{{"-mode", "auto"}, {"-pay", "gold"}, {"-serve", "-image", "x.png"}, {"now"}, {"-x"}} {
		if status, _, stderr := quickstart(t, args...); status != 2 || stderr == "" {
			t.Errorf("%v: status %d, %q; want 2 and why", args, status, stderr)
		}
	}
	if status, _, help := quickstart(t, "-h"); status != 0 || !strings.Contains(help, "-image") {
		t.Errorf("-h: status %d, %q", status, help)
	}
}

// A picture of the code that was taken again, from an angle and through JPEG,
// pays; a code in which anything was changed is refused with the reason.
func TestImagePaysFromAPhotographAndRefusesAChangedCode(t *testing.T) {
	dir := t.TempDir()
	if status, _, stderr := quickstart(t, "-json", "-dir", dir); status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	original, err := console.ReadPicture(t.Context(), filepath.Join(dir, "code.png"))
	if err != nil {
		t.Fatal(err)
	}
	photo := filepath.Join(dir, "photo.jpg")
	writeJPEG(t, photo, photographed(original))
	if status, _, stderr := quickstart(t, "-json", "-dir", dir, "-image", photo); status != 0 {
		t.Errorf("photograph: status %d: %s", status, stderr)
	}

	good := read(t, original)
	last := len(good) - 3 // a character of the signature
	for name, changed := range map[string]string{
		"host":      strings.Replace(good, "acquirer.", "acquirers.", 1),
		"path":      strings.Replace(good, "/m/cafe", "/m/busker", 1),
		"signature": good[:last] + flip(good[last]) + good[last+1:],
		"foreign":   "https://pay.example/m/cafe",
		"no URL":    "WIFI:T:WPA;S:cafe;;",
		"port":      "http://acquirer.localhost:1/m/cafe",
		"no port":   "http://acquirer.localhost/m/cafe",
	} {
		file := filepath.Join(dir, "changed.png")
		code, err := print.QR(changed, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := writePNG(file, code); err != nil {
			t.Fatal(err)
		}
		status, out, stderr := quickstart(t, "-json", "-dir", dir, "-image", file)
		if status != 1 || !strings.Contains(stderr, "verify: ") {
			t.Errorf("%s: status %d, %q; want 1 and the reason", name, status, stderr)
		}
		var steps []string
		for _, l := range lines(t, out) {
			steps = append(steps, l.Step)
		}
		if diff := cmp.Diff([]string{"scan", "verify"}, steps); diff != "" {
			t.Errorf("%s: a refused code starts no server and opens no page: %s", name, diff)
		}
	}
	for _, file := range []string{filepath.Join(dir, "keys.json"), dir, os.DevNull, filepath.Join(dir, "missing")} {
		if status, _, stderr := quickstart(t, "-dir", dir, "-image", file); status != 1 || stderr == "" {
			t.Errorf("no picture, %s: status %d, %q; want 1 and why", file, status, stderr)
		}
	}
}

func read(t *testing.T, picture image.Image) string {
	t.Helper()
	symbols, err := barcode.Decode(t.Context(), picture, nil)
	if err != nil {
		t.Fatal(err)
	}
	return symbols[0].Text
}

// flip is another character of the base64url alphabet.
func flip(c byte) string {
	if c == 'A' {
		return "B"
	}
	return "A"
}

// photographed is the picture at 0.8 of its size, turned by 7 degrees, on grey.
func photographed(src image.Image) image.Image {
	b := src.Bounds()
	size := max(b.Dx(), b.Dy()) * 5 / 4
	dst := image.NewRGBA(image.Rect(0, 0, size, size))
	draw.Draw(dst, dst.Bounds(), image.NewUniform(color.Gray{200}), image.Point{}, draw.Src)
	sin, cos := math.Sincos(7 * math.Pi / 180)
	const scale = 0.8
	middle := float64(size) / 2
	cx, cy := float64(b.Dx())/2, float64(b.Dy())/2
	draw.BiLinear.Transform(dst, f64.Aff3{
		scale * cos, -scale * sin, middle - scale*(cos*cx-sin*cy),
		scale * sin, scale * cos, middle - scale*(sin*cx+cos*cy),
	}, src, b, draw.Over, nil)
	return dst
}

func writeJPEG(t *testing.T, file string, picture image.Image) {
	t.Helper()
	w, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := jpeg.Encode(w, picture, &jpeg.Options{Quality: 60}); err != nil {
		t.Fatal(err)
	}
}
