package sheet

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"math"
	"strconv"
)

// SVG writes the sheet as an SVG file of its size, which refers to nothing outside.
// Its title is the merchant's name. The error is that of w.
func (s *Sheet) SVG(w io.Writer) error {
	d := s.drawing
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%gmm" height="%gmm" viewBox="0 0 %g %g"><title>`, d.width, d.height, d.width, d.height)
	if err := xml.EscapeText(&b, []byte(d.title)); err != nil {
		return err
	}
	fmt.Fprintf(&b, `</title><rect width="%g" height="%g" fill="#fff"/>`, d.width, d.height)
	for _, p := range d.paths {
		b.WriteString(`<path d="`)
		p.svg(&b)
		b.WriteString(`"/>`)
	}
	if err := d.svgLogo(&b); err != nil {
		return err
	}
	b.WriteString("</svg>\n")
	_, err := b.WriteTo(w)
	return err
}

// svg writes the loops of a path, to a thousandth of a millimetre.
func (p path) svg(b *bytes.Buffer) {
	for i, s := range p {
		switch {
		case s.begins && i > 0:
			b.WriteString("zM")
		case s.begins:
			b.WriteByte('M')
		default:
			b.WriteByte(" LQC"[len(s.points)])
		}
		for k, at := range s.points {
			if k > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(thousandths(at.x) + " " + thousandths(at.y))
		}
	}
	b.WriteByte('z')
}

func thousandths(mm float64) string {
	return strconv.FormatFloat(math.Round(mm*1000)/1000, 'f', -1, 64)
}

func (d *drawing) svgLogo(b *bytes.Buffer) error {
	if d.logo == nil {
		return nil
	}
	at := d.logoAt
	fmt.Fprintf(b, `<image x="%s" y="%s" width="%s" height="%s" href="data:image/png;base64,`,
		thousandths(at.x), thousandths(at.y), thousandths(at.width), thousandths(at.height))
	to := base64.NewEncoder(base64.StdEncoding, b)
	if err := png.Encode(to, d.logo); err != nil {
		return err
	}
	err := to.Close()
	b.WriteString(`"/>`)
	return err
}
