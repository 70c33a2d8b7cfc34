package barcode_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/scan/barcode"
)

// Every code that two other programs write is read to the letter: Debian's
// qrencode and zint, with GB 18030 and UTF-8 in them, all sizes and levels of
// error correction, and Code 128. ANYSCAN_CODES says how many.
func TestCodesOfOtherProgramsAreRead(t *testing.T) {
	for _, program := range []string{"qrencode", "zint"} {
		if _, err := exec.LookPath(program); err != nil && os.Getenv("ANYSCAN_FULL") != "1" {
			t.Skip("a program is not here:", err)
		}
	}
	codes := 60
	if n, err := strconv.Atoi(os.Getenv("ANYSCAN_CODES")); err == nil {
		codes = n
	}
	if testing.Short() {
		codes = 8
	}
	r := rand.New(rand.NewPCG(1, 29))
	file := filepath.Join(t.TempDir(), "code.png")
	for i := range codes {
		text, command := written(r, i, file)
		if out, err := exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%q: %v: %s", command, err, out)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		img, err := barcode.ReadImage(t.Context(), bytes.NewReader(data), nil)
		if err != nil {
			t.Fatal(err)
		}
		symbols, err := barcode.Decode(t.Context(), img, nil)
		if err != nil || len(symbols) != 1 || symbols[0].Text != text {
			t.Errorf("%q: read %v, %v, want %q", command, symbols, err, text)
		}
	}
}

// written gives a random text, and a command that writes a code of it.
func written(r *rand.Rand, i int, file string) (text string, command []string) {
	const (
		letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/?=&%:"
		hanzi   = "微信支付宝扫码收款商户订单金额元角分店铺柜台确认取消"
		wide    = "éüñßΩжあア漢☕𠀀"
	)
	scale := strconv.Itoa(2 + i%4)
	level := r.IntN(4)
	switch i % 4 {
	case 0:
		text = "https://shop.example/" + random(r, letters+wide, r.IntN(250))
		return text, []string{"qrencode", "-8", "-o", file, "-s", scale, "-l", "LMQH"[level : level+1], text}
	case 1:
		text = random(r, hanzi, 1+r.IntN(60)) + random(r, letters, r.IntN(60))
		return text, []string{"zint", "-b", "QRCODE", "--eci=29", "--secure=" + fmt.Sprint(level+1), "--scale=" + scale, "-o", file, "-d", text}
	case 2:
		text = random(r, wide+letters, 1+r.IntN(200))
		return text, []string{"zint", "-b", "QRCODE", "--eci=26", "--secure=" + fmt.Sprint(level+1), "--scale=" + scale, "-o", file, "-d", text}
	default:
		text = random(r, letters, 2+r.IntN(24))
		return text, []string{"zint", "-b", "CODE128", "--quietzones", "--scale=" + scale, "-o", file, "-d", text}
	}
}

func random(r *rand.Rand, alphabet string, n int) string {
	runes := []rune(alphabet)
	var b strings.Builder
	for range n {
		b.WriteRune(runes[r.IntN(len(runes))])
	}
	return b.String()
}
