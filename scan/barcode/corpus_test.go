package barcode_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"github.com/anyscan/anyscan/scan/barcode"
)

// The corpora are pictures from other projects' tests; they are not part of
// this repository.
const corpora = "../../../shared/data/codes"

// picture is a line of the corpora's manifest.
type picture struct {
	File   string
	Kind   string   // qr, code128 or none
	Text   string   // what it says
	Accept []string // or what it may say: a picture may hold several codes
}

// answers is every text that is right for a picture.
func (p picture) answers() []string {
	also := map[string]string{
		// The label lacks the last letter of a word that is in the code.
		"zxing/qrcode-2/13.png": "The 2005 USGS aerial photography of the Washington Monument is censored.",
		// Two codes in one picture, of which the manifest lists one.
		"boofcv/bright_spots/image001.jpg": "Version 1 QR",
		"boofcv/bright_spots/image025.jpg": "Version 1 QR",
	}
	return slices.DeleteFunc(append(p.Accept, p.Text, also[p.File]), func(s string) bool { return s == "" })
}

// manifest lists the pictures of kinds that ReadImage reads, of each set of
// photographs the first: decoding their JPEGs takes longer than reading
// their codes.
func manifest(t *testing.T) (list []picture, left int) {
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
	photos := map[string]int{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var p picture
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if p.corpus() == "boofcv" {
			photos[path.Dir(p.File)]++
		}
		if path.Ext(p.File) == ".webp" || photos[path.Dir(p.File)] > 1 {
			left++
			continue
		}
		list = append(list, p)
	}
	return list, left
}

func (p picture) corpus() string {
	name, _, _ := strings.Cut(p.File, "/")
	return name
}

// tally counts what became of some pictures.
type tally struct{ right, none, wrong int }

func (a tally) plus(b tally) tally {
	return tally{a.right + b.right, a.none + b.none, a.wrong + b.wrong}
}

// The floor is what was read when the passes were chosen; a better reader
// raises it.
func TestCorpora(t *testing.T) {
	const floor = 234
	list, left := manifest(t)
	var mu sync.Mutex
	var all sync.WaitGroup
	var total tally
	sets := map[string]tally{}
	work := make(chan picture)
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for p := range work {
				got := judge(t, p)
				mu.Lock()
				set := p.corpus() + " " + p.Kind
				sets[set], total = sets[set].plus(got), total.plus(got)
				mu.Unlock()
			}
		})
	}
	for _, p := range list {
		work <- p
	}
	close(work)
	all.Wait()

	sets["total"] = total
	t.Logf("%d pictures, %d left out (WebP, further photographs)\n%s", len(list), left, table(sets))
	if total.right < floor {
		t.Errorf("%d pictures were read, before it was %d", total.right, floor)
	}
}

// judge reads one picture. A wrong text is always a failure; no text is one
// only in the total.
func judge(t *testing.T, p picture) tally {
	data, err := os.ReadFile(filepath.Join(corpora, p.File))
	if err != nil {
		t.Error(err)
		return tally{}
	}
	img, err := barcode.ReadImage(t.Context(), bytes.NewReader(data), nil)
	if err != nil {
		t.Errorf("%s: %v", p.File, err)
		return tally{}
	}
	symbols, err := barcode.Decode(t.Context(), img, nil)
	if err != nil {
		return tally{none: 1}
	}
	words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	for _, answer := range p.answers() {
		if words(answer) == words(symbols[0].Text) {
			return tally{right: 1}
		}
	}
	t.Errorf("%s: read %q, want one of %q", p.File, symbols[0].Text, p.answers())
	return tally{wrong: 1}
}

func table(sets map[string]tally) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "set\tright\tnone\twrong")
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\n", name, sets[name].right, sets[name].none, sets[name].wrong)
	}
	w.Flush()
	return b.String()
}
