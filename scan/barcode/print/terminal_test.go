package print_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

const blackOnWhite, reset = "\x1b[38;5;16;48;5;231m", "\x1b[0m"

// Every module is there: the dark ones of the picture span as many halves of
// cells, 8 pixels each, on the screen.
func TestTerminalShowsEveryModule(t *testing.T) {
	for name, make := range map[string]func(string, *print.Options) (*print.Code, error){"QR": print.QR, "Code 128": print.Code128} {
		code, err := make("TABLE-0042", &print.Options{Scale: 8})
		if err != nil {
			t.Fatal(err)
		}
		want := dark(code.Image()).Size()
		if got := dark(screenshot(t, terminal(t, code), color.Gray{Y: 255})).Size(); got != want {
			t.Errorf("%s: %v pixels are dark, want %v", name, got, want)
		}
	}
}

// screenshot shows what a terminal of a background colour makes of text, in
// cells of 8 × 16 pixels, two cells from the corner.
func screenshot(t *testing.T, text string, background color.Gray) image.Image {
	t.Helper()
	const w, h = 8, 16
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	columns := 0
	for _, line := range lines {
		columns = max(columns, len([]rune(cells(t, line))))
	}
	screen := image.NewGray(image.Rect(0, 0, w*(columns+4), h*(len(lines)+4)))
	draw.Draw(screen, screen.Rect, image.NewUniform(background), image.Point{}, draw.Src)
	for y, line := range lines {
		for x, c := range []rune(cells(t, line)) {
			cell := image.Rect(0, 0, w, h).Add(image.Pt(w*(x+2), h*(y+2)))
			draw.Draw(screen, cell, image.White, image.Point{}, draw.Src)
			if c == '▀' {
				cell.Max.Y -= h / 2
			}
			if c == '▄' {
				cell.Min.Y += h / 2
			}
			if c != ' ' {
				draw.Draw(screen, cell, image.Black, image.Point{}, draw.Src)
			}
		}
	}
	return screen
}

// cells is a line without its colours, which begin and end with the line: none
// may reach into what a program prints next.
func cells(t *testing.T, line string) string {
	t.Helper()
	line, begins := strings.CutPrefix(line, blackOnWhite)
	line, ends := strings.CutSuffix(line, reset)
	if !begins || !ends || strings.Trim(line, " ▀▄█") != "" {
		t.Fatalf("a line of other things than black and white half blocks: %q", line)
	}
	return line
}

func terminal(t *testing.T, code *print.Code) string {
	t.Helper()
	var out bytes.Buffer
	if err := code.Terminal(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTerminalsOfEveryColourShowTheCode(t *testing.T) {
	qr, err := print.QR("https://shop.example/c/7Q2M?v=AQx0", nil)
	if err != nil {
		t.Fatal(err)
	}
	bars, err := print.Code128("TABLE-0042", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, background := range []color.Gray{{0}, {40}, {128}, {255}} {
		for text, code := range map[string]*print.Code{"https://shop.example/c/7Q2M?v=AQx0": qr, "TABLE-0042": bars} {
			shot := screenshot(t, terminal(t, code), background)
			symbols, err := barcode.Decode(t.Context(), shot, nil)
			if err != nil || symbols[0].Text != text {
				t.Errorf("background %d: read %v, %v, want %q", background.Y, symbols, err, text)
			}
			if got := zbar(t, shot); got != text {
				t.Errorf("background %d: zbar reads %q, want %q", background.Y, got, text)
			}
		}
	}
}
