package barcode_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/anyscan/anyscan/scan/barcode"
)

// The corpora are pictures from other projects' tests; they are not part of
// this repository.
const corpora = "../../../shared/data/codes"

// picture is a line of the corpora's manifest.
type picture struct {
	File   string
	Set    string   // the folder that it is in
	Kind   string   // qr, code128 or none
	Text   string   // what it says
	Accept []string // or what it may say: a picture may hold several codes
}

// answers is every text that is right for a picture.
func (p picture) answers() []string {
	also := map[string][]string{
		// The label lacks the last letter of a word that is in the code.
		"zxing/qrcode-2/13.png": {"The 2005 USGS aerial photography of the Washington Monument is censored."},
		// A code within a code, of which the label has one.
		"zxing/qrcode-2/16.png":      {"[内側QRコード] *ダブルQR* http://d-qr.net/ex/"},
		"zxing-cpp/qrcode-2/16.webp": {"[外側QRコード] *ﾀﾞﾌﾞﾙQR* http://d-qr.net/ex/"},
		// Several codes in one picture, of which the manifest lists some.
		"boofcv/bright_spots/image001.jpg": {"Version 1 QR"},
		"boofcv/bright_spots/image007.jpg": {strings.Repeat(" ABC 123456789", 15)},
		"boofcv/bright_spots/image025.jpg": {"Version 1 QR"},
		"boofcv/nominal/image001.jpg":      {"https://www.instagram.com/lethmik/"},
		// Pictures that none of the manifest's readers could read.
		"boofcv/blurred/image019.jpg":      {"Version 1 QR"},
		"boofcv/pathological/image001.png": {"MAILTO:name@myemail.com"},
		"boofcv/curved/image001.png":       {"https://www.facebook.com/elyucateco"},
		"boofcv/curved/image021.jpg":       {"hudson"},
		"boofcv/curved/image011.jpg":       {"New"},
		"boofcv/blurred/image037.jpg":      {"http://www.postalexperience.com/pos?mt=4&sc=840-5940-0244-002-00006-80522-02"},
		"boofcv/damaged/image022.jpg":      {`{"lastNode":"OAK5","cids":{"pkey":"180418125845231163456370201AZ"}}`},
		"boofcv/damaged/image015.jpg":      {"http://www.postalexperience.com/pos?mt=4&sc=840-5940-0244-002-00006-80522-02"},
		// Seen so much from the side that no other reader gets it; the others of the
		// set say the same.
		"boofcv/perspective/image015.jpg": {"TEST 10 CM"},
		// Of these the manifest has what is ASCII.
		"boofcv/glare/image011.jpg": {"正宗铁观音茶叶 乐品乐茶 http://detail.tmall.com/item.htm?id=13996190738"},
	}
	return slices.DeleteFunc(append(append(p.Accept, p.Text), also[p.File]...), func(s string) bool { return s == "" })
}

// manifest lists the pictures.
func manifest(t *testing.T) (list []picture) {
	t.Helper()
	if testing.Short() {
		t.Skip("the corpora take long")
	}
	f, err := os.Open(filepath.Join(corpora, "manifest.jsonl"))
	if err != nil && os.Getenv("ANYSCAN_FULL") != "1" {
		t.Skip("the corpora are not here:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var p picture
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

func (p picture) corpus() string {
	name, _, _ := strings.Cut(p.File, "/")
	return name
}

// tally is what became of the pictures of a set.
type tally struct {
	right, wrong, none int
	ms                 []float64
}

// add counts the texts that a reader gave for a picture: one that is right will
// do, none may be wrong.
func (a *tally) add(p picture, texts []string, took time.Duration) (wrong string) {
	a.ms = append(a.ms, float64(took.Microseconds())/1000)
	for _, text := range texts {
		if !slices.ContainsFunc(p.answers(), func(s string) bool { return words(s) == words(text) }) {
			wrong = text
		}
	}
	switch {
	case wrong != "":
		a.wrong++
	case len(texts) > 0:
		a.right++
	default:
		a.none++
	}
	return wrong
}

func (a *tally) quantile(q float64) float64 {
	slices.Sort(a.ms)
	return a.ms[int(q*float64(len(a.ms)-1))]
}

func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestCorpora reads every picture with this package and with gozxing as it is,
// and prints what became of each set. The floors are what was read when the
// passes were chosen; a better reader raises them. Effort counts work, so a
// slower machine reads no less. A text that is in no code is always a failure.
func TestCorpora(t *testing.T) {
	floors := map[string]int{"zxing qr": 174, "zxing-cpp qr": 103, "boofcv qr": 78, "zxing code128": 49, "zxing-cpp code128": 17}
	ours, plain := map[string]*tally{}, map[string]*tally{}
	var mu sync.Mutex
	var all sync.WaitGroup
	work := make(chan picture)
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for p := range work {
				img := load(t, p)
				set := p.corpus() + " " + p.Kind
				texts, took := timed(func() []string { return readOurs(t, img) })
				baseTexts, baseTook := timed(func() []string { return readPlain(img, p.Kind) })
				mu.Lock()
				for _, m := range []map[string]*tally{ours, plain} {
					if m[set] == nil {
						m[set] = &tally{}
					}
				}
				if wrong := ours[set].add(p, texts, took); wrong != "" {
					t.Errorf("%s: read %q, want one of %q", p.File, wrong, p.answers())
				}
				plain[set].add(p, baseTexts, baseTook)
				mu.Unlock()
			}
		})
	}
	for _, p := range manifest(t) {
		work <- p
	}
	close(work)
	all.Wait()

	t.Logf("\n%s", table(ours, plain))
	for set, floor := range floors {
		if ours[set].right < floor {
			t.Errorf("%s: %d pictures were read, before it was %d", set, ours[set].right, floor)
		}
	}
}

// Three sheets with twenty codes each are in these photographs, slanted and turned.
// Whoever picks one of several codes has to know of all.
func TestEveryCodeOfManyIsRead(t *testing.T) {
	for _, p := range manifest(t) {
		if p.Set != "lots" {
			continue
		}
		symbols, err := barcode.Decode(t.Context(), load(t, p), nil)
		if err != nil || len(symbols) != 60 {
			t.Errorf("%s: read %d codes, %v; want 60", p.File, len(symbols), err)
		}
	}
}

func load(t *testing.T, p picture) image.Image {
	data, err := os.ReadFile(filepath.Join(corpora, p.File))
	if err != nil {
		t.Error(err)
		return image.NewGray(image.Rect(0, 0, 1, 1))
	}
	img, err := barcode.ReadImage(t.Context(), bytes.NewReader(data), nil)
	if err != nil {
		t.Errorf("%s: %v", p.File, err)
		return image.NewGray(image.Rect(0, 0, 1, 1))
	}
	return img
}

func timed(read func() []string) ([]string, time.Duration) {
	start := time.Now()
	texts := read()
	return texts, time.Since(start)
}

func readOurs(t *testing.T, img image.Image) (texts []string) {
	symbols, err := barcode.Decode(t.Context(), img, nil)
	if err != nil && !errors.As(err, new(*barcode.NotFoundError)) && !errors.As(err, new(*barcode.LimitError)) {
		t.Error(err)
	}
	for _, s := range symbols {
		texts = append(texts, s.Text)
	}
	return texts
}

// readPlain is what a program without this package would do.
func readPlain(img image.Image, kind string) []string {
	bits, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return nil
	}
	reader := qrcode.NewQRCodeReader()
	if kind == "code128" {
		reader = oned.NewCode128Reader()
	}
	result, err := reader.Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return nil
	}
	return []string{result.GetText()}
}

func table(ours, plain map[string]*tally) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "set\tright\twrong\tnone\tmedian ms\tp95 ms\tgozxing: right\twrong\tnone\tmedian ms\tp95 ms\t")
	for _, set := range slices.Sorted(maps.Keys(ours)) {
		fmt.Fprintf(w, "%s\t", set)
		for _, a := range []*tally{ours[set], plain[set]} {
			fmt.Fprintf(w, "%d\t%d\t%d\t%.1f\t%.1f\t", a.right, a.wrong, a.none, a.quantile(0.5), a.quantile(0.95))
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	return b.String()
}
