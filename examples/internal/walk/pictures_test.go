package walk

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/web/webtest"
)

const (
	album    = "../../screenshots"
	wide     = 390 // pixels of a usual phone
	high     = 844
	heaviest = 40 << 10 // bytes
)

// shots are the pictures of the README, in the order in which a payer sees the pages.
func shots() []string { return []string{"merchant.png", "cashier.png", "result.png", "dark.png"} }

// The pictures of the README are there, of a phone and small, and the README shows
// them. ANYSCAN_UPDATE=1 takes them anew.
func TestPictures(t *testing.T) {
	if os.Getenv("ANYSCAN_UPDATE") == "1" {
		shoot(t)
	}
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range shots() {
		raw, err := os.ReadFile(filepath.Join(album, name))
		if err != nil {
			t.Fatal(err)
		}
		config, err := png.DecodeConfig(bytes.NewReader(raw))
		if err != nil || config.Width != wide || config.Height != high || len(raw) > heaviest {
			t.Errorf("%s is %d × %d pixels in %d bytes, %v; want a PNG of %d × %d in at most %d", name, config.Width, config.Height, len(raw), err, wide, high, heaviest)
		}
		if !strings.Contains(string(readme), "examples/screenshots/"+name) {
			t.Errorf("the README does not show %s", name)
		}
	}
}

// shoot pays and takes the pictures on the way.
func shoot(t *testing.T) {
	browser := webtest.Browser(t)
	s := newStreet(t, gateway.Policy{}, nil)
	p := s.enters(browser)
	webtest.Do(p.tab, t, chromedp.EmulateViewport(wide, high, chromedp.EmulateMobile))
	webtest.Dark(p.tab, t, false)
	p.opens(s.code("cafe"))
	p.seesAt(s.Acquirer, confirms)
	p.shot("merchant.png")
	p.taps(confirms)
	p.seesAt(s.Gateway, cashier)
	p.shot("cashier.png")
	webtest.Dark(p.tab, t, true)
	p.shot("dark.png")
	webtest.Dark(p.tab, t, false)
	p.taps(offer("green"))
	p.approves()
	p.leaves()
	p.shot("result.png")
}

// shot keeps a picture of the page.
func (p payer) shot(name string) {
	p.Helper()
	raw, err := chromedp.Run(p.tab, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll(album, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(album, name), raw, 0o644)
	}
	if err != nil {
		p.Fatal(err)
	}
}
