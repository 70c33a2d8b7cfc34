package print_test

import (
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/scan/barcode/print"
)

// zbar gives what the reader of another project, Debian's zbar-tools, sees in a
// picture. Of the other symbologies it sees some where there are none.
func zbar(t *testing.T, img image.Image) string {
	t.Helper()
	program, err := exec.LookPath("zbarimg")
	if err != nil && os.Getenv("ANYSCAN_FULL") != "1" {
		t.Skip("zbarimg (zbar-tools) is not here:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "code.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), program, "--raw", "-q", "-Sdisable", "-Sqrcode.enable", "-Scode128.enable", path).Output()
	if err != nil {
		t.Errorf("zbarimg: %v", err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

func TestAnotherReaderReadsEveryCode(t *testing.T) {
	r := rand.New(rand.NewPCG(18004, 15417))
	alphabet := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/?=&%:"
	random := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = alphabet[r.IntN(len(alphabet))]
		}
		return string(b)
	}
	codes := 20
	if n, err := strconv.Atoi(os.Getenv("ANYSCAN_CODES")); err == nil {
		codes = n / 2
	}
	if testing.Short() {
		codes = 4
	}
	for i := range 2 * codes {
		text := fmt.Sprintf("https://shop%d.example/%s", i, random(r.IntN(300)))
		code, err := print.QR(text, &print.Options{Level: levels()[i%4], Scale: 3 + i%5})
		if err != nil {
			t.Fatal(err)
		}
		if got := zbar(t, code.Image()); got != text {
			t.Errorf("QR: zbar reads %q, want %q", got, text)
		}
	}
	for i := range codes {
		text := random(1 + 2*(i%20))
		code, err := print.Code128(text, &print.Options{Scale: 2 + i%3})
		if err != nil {
			t.Fatal(err)
		}
		if got := zbar(t, code.Image()); got != text {
			t.Errorf("Code 128: zbar reads %q, want %q", got, text)
		}
	}
	for _, text := range []string{"0", "0123456789", "HTTPS://SHOP.EXAMPLE/C/7Q2M"} {
		code, err := print.QR(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := zbar(t, code.Image()); got != text {
			t.Errorf("QR: zbar reads %q, want %q", got, text)
		}
	}
}
