package print

import (
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/anyscan/anyscan/scan/barcode/print/internal/outline"
)

// SVG writes the code as an SVG file, for print at any size: one path on a white
// ground, with its border. The path is the outline of the dark parts, so that no
// printer or browser shows seams between modules. It is [Options.Millimetres]
// wide, or else as many pixels as [Code.PNG]; it refers to nothing outside. The
// error is that of w.
func (c *Code) SVG(w io.Writer) error {
	size := c.Size()
	width, height := strconv.Itoa(size.X*c.scale), strconv.Itoa(size.Y*c.scale)
	if c.mm > 0 {
		width, height = millimetres(c.mm), millimetres(c.mm*float64(size.Y)/float64(size.X))
	}
	logo, err := c.svgLogo()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %d %d" shape-rendering="crispEdges">`+
		`<rect width="%d" height="%d" fill="#fff"/><path fill="#000" fill-rule="evenodd" d="%s"/>%s</svg>`+"\n",
		width, height, size.X, size.Y, size.X, size.Y, outline.Path(size, c.Dark), logo)
	return err
}

// svgLogo is the logo as an element, or nothing.
func (c *Code) svgLogo() (string, error) {
	if c.logo == nil {
		return "", nil
	}
	url, err := c.logoURL()
	at := logoRoom(c.Size())
	return fmt.Sprintf(`<image x="%d" y="%d" width="%d" height="%d" href="%s"/>`, at.Min.X, at.Min.Y, at.Dx(), at.Dy(), url), err
}

func millimetres(mm float64) string {
	return strconv.FormatFloat(math.Round(mm*1000)/1000, 'f', -1, 64) + "mm"
}
