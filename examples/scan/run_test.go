package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/scan/barcode/print"
)

const address = "https://shop.example/c/7Q2M?v=AQx0"

// samples are the pictures of the reader's own tests.
const samples = "../../scan/barcode/testdata/"

// start runs it as the command line does.
func start(t *testing.T, args ...string) (status int, out, stderr string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, &o, &e)
	return status, o.String(), e.String()
}

func code(t *testing.T, text string) image.Image {
	t.Helper()
	c, err := print.QR(text, &print.Options{Scale: 4})
	if err != nil {
		t.Fatal(err)
	}
	return c.Image()
}

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestALineACode(t *testing.T) {
	nothing := write(t, "nothing.txt", []byte("hello"))
	for _, test := range []struct {
		args   []string
		status int
		out    string
	}{
		{[]string{samples + "qr.png", samples + "code128.png"}, 0,
			samples + "qr.png\tQR\t" + address + "\n" + samples + "code128.png\tCode 128\tTABLE-0042\n"},
		{[]string{"-effort", "frame", samples + "qr-utf8.png"}, 0, samples + "qr-utf8.png\tQR\thttps://例え.example/☕\n"},
		{[]string{samples + "stripes.png"}, 1,
			samples + "stripes.png\t-\tno code in a picture of 200×100 pixels; looked for QR, Code 128\n"},
		{[]string{nothing, samples + "qr.gif", "gone.png"}, 1,
			nothing + "\t-\tthe file is not PNG, JPEG, WebP or GIF\n" + samples + "qr.gif\tQR\t" + address + "\ngone.png\t-\tno such file or directory\n"},
	} {
		status, out, stderr := start(t, test.args...)
		if diff := cmp.Diff(test.out, out); diff != "" || status != test.status || stderr != "" {
			t.Errorf("%q: status %d, %q, -want +got:\n%s", test.args, status, stderr, diff)
		}
	}
}

// What a stranger's code says stays on its line and commands no terminal; JSON
// has it to the byte.
func TestControlCharacters(t *testing.T) {
	text := "a\tb\nc\x1b[2Jd"
	var data bytes.Buffer
	if err := png.Encode(&data, code(t, text)); err != nil {
		t.Fatal(err)
	}
	file := write(t, "code.png", data.Bytes())
	if _, out, _ := start(t, file); out != file+"\tQR\ta b c [2Jd\n" {
		t.Errorf("%q", out)
	}
	status, out, _ := start(t, "-json", "-time", file)
	var a answer
	if err := json.Unmarshal([]byte(out), &a); err != nil || status != 0 {
		t.Fatal(status, err, out)
	}
	if a.Path != file || a.Format != "QR" || a.Text != text || len(a.Corners) != 4 || a.Pass == "" || a.MS == nil {
		t.Errorf("%+v", a)
	}
}

func TestTimeIsTheLastColumn(t *testing.T) {
	_, out, _ := start(t, "-time", samples+"qr.png")
	columns := strings.Split(strings.TrimSuffix(out, "\n"), "\t")
	var ms float64
	if len(columns) != 4 {
		t.Fatalf("%q", out)
	}
	if _, err := fmt.Sscanf(columns[3], "%f", &ms); err != nil || ms <= 0 {
		t.Errorf("%q: %v", columns[3], err)
	}
}

func TestPGM(t *testing.T) {
	img := code(t, address)
	b := img.Bounds()
	pix := fmt.Appendf(nil, "P5\n# made here\n%d %d\n255\n", b.Dx(), b.Dy())
	var doubled []byte
	for i := range b.Dx() * b.Dy() {
		r, _, _, _ := img.At(i%b.Dx(), i/b.Dx()).RGBA()
		pix = append(pix, byte(r>>8))
		doubled = append(doubled, byte(r>>8), byte(r))
	}
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"whole":    {pix, "QR\t" + address},
		"cut":      {pix[:len(pix)-1], "-\tthe PGM file is damaged: unexpected EOF"},
		"header":   {pix[:12], "-\tthe PGM file is damaged: unexpected EOF"},
		"vast":     {[]byte("P5 99999 99999 255\n"), "-\tpicture refused: more than 50000000 pixels"},
		"empty":    {[]byte("P5 0 9 255\n"), "-\tthe PGM file has no pixels"},
		"16 bits":  {slices.Concat(fmt.Appendf(nil, "P5\n%d#wide\n%d # high\n65535\n", b.Dx(), b.Dy()), doubled), "QR\t" + address},
		"cut row":  {append([]byte("P5 9 9 65535\n"), make([]byte, 81)...), "-\tthe PGM file is damaged: unexpected EOF"},
		"value":    {[]byte("P5 9 9 65536\n"), "-\tthe PGM file's largest value is 65536; 1 to 65535 are read"},
		"no value": {[]byte("P5 9 9 0\n"), "-\tthe PGM file's largest value is 0; 1 to 65535 are read"},
		"letter":   {[]byte("P5 a"), "-\tthe PGM file is damaged: 'a' in its header"},
		"long":     {[]byte("P5 " + strings.Repeat(" ", 2000)), "-\tthe PGM file is damaged: its header has no end"},
	} {
		file := write(t, "picture.pgm", test.data)
		if _, out, _ := start(t, file); out != file+"\t"+test.want+"\n" {
			t.Errorf("%s: %q", name, out)
		}
	}
}

// The outline goes along the code's edge: 16 pixels of border, 29 modules of 4.
func TestDraw(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "drawn")
	if status, _, stderr := start(t, "-draw", dir, samples+"qr.png"); status != 0 {
		t.Fatal(stderr)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	f, err := os.Open(names[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []image.Point{{74, 16}, {16, 74}, {74, 132}, {132, 74}} {
		if r, g, _, _ := img.At(p.X, p.Y).RGBA(); r>>8 != 230 || g != 0 {
			t.Errorf("no outline at %v", p)
		}
	}
}

func TestACommandLineThatIsNotUnderstood(t *testing.T) {
	for _, args := range [][]string{{}, {"-effort", "most", "a.png"}, {"-budget", "-1s", "a.png"}, {"-x"}} {
		if status, out, stderr := start(t, args...); status != 2 || out != "" || stderr == "" {
			t.Errorf("%q: status %d, %q, %q", args, status, out, stderr)
		}
	}
	if status, _, stderr := start(t, "-h"); status != 0 || !strings.Contains(stderr, "-effort") {
		t.Errorf("-h: status %d, %q", status, stderr)
	}
}

// A budget ends a picture, an interrupt the program.
func TestBudgetAndInterrupt(t *testing.T) {
	file := samples + "crowd.png"
	status, out, _ := start(t, "-budget", "1ns", file)
	if want := file + "\t-\tnothing was found within 1ns\n"; out != want || status != 1 {
		t.Errorf("status %d, %q, want %q", status, out, want)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupt"))
	var o, e bytes.Buffer
	if status := run(ctx, []string{file}, &o, &e); status != 1 || o.Len() > 0 || !strings.Contains(e.String(), "interrupt") {
		t.Errorf("status %d, %q, %q", status, &o, &e)
	}
}
