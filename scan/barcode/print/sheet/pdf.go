package sheet

import (
	"bytes"
	"encoding/binary"
	"image/png"
	"io"
	"unicode/utf16"

	"codeberg.org/go-pdf/fpdf"
)

// PDF writes the sheet as a PDF file of one page of its size, all of it shapes and
// none of it fonts. Its title is the merchant's name. The error is that of w.
func (s *Sheet) PDF(w io.Writer) error {
	d := s.drawing
	file := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: d.width, Ht: d.height}})
	file.SetTitle(pdfText(d.title), false)
	file.SetAutoPageBreak(false, 0)
	file.AddPage()
	file.SetFillColor(0, 0, 0)
	for _, p := range d.paths {
		p.pdf(file)
	}
	if err := d.pdfLogo(file); err != nil {
		return err
	}
	return file.Output(w)
}

// pdfText is a text as PDF has it in UTF-16 (ISO 32000-1, 7.9.2.2). The library's own
// way knows no character beyond U+FFFF.
func pdfText(text string) string {
	const mark = 0xfeff
	var b []byte
	for _, unit := range append([]uint16{mark}, utf16.Encode([]rune(text))...) {
		b = binary.BigEndian.AppendUint16(b, unit)
	}
	return string(b)
}

// pdf draws the loops of a path and fills them by the rule nonzero. PDF has no
// curves of the second degree: each is one of the third whose inner points lie two
// thirds of the way to the other's.
func (p path) pdf(file *fpdf.Fpdf) {
	var from point
	for i, s := range p {
		at := s.points
		to := at[len(at)-1]
		switch {
		case s.begins && i > 0:
			file.ClosePath()
			file.MoveTo(to.x, to.y)
		case s.begins:
			file.MoveTo(to.x, to.y)
		case len(at) == 1:
			file.LineTo(to.x, to.y)
		case len(at) == 2:
			a, b := from.toward(at[0], 2.0/3), to.toward(at[0], 2.0/3)
			file.CurveBezierCubicTo(a.x, a.y, b.x, b.y, to.x, to.y)
		case len(at) == 3:
			file.CurveBezierCubicTo(at[0].x, at[0].y, at[1].x, at[1].y, to.x, to.y)
		}
		from = to
	}
	file.ClosePath()
	file.DrawPath("F")
}

func (d *drawing) pdfLogo(file *fpdf.Fpdf) error {
	if d.logo == nil {
		return nil
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, d.logo); err != nil {
		return err
	}
	kind := fpdf.ImageOptions{ImageType: "PNG"}
	file.RegisterImageOptionsReader("logo", kind, &picture)
	at := d.logoAt
	file.ImageOptions("logo", at.x, at.y, at.width, at.height, false, kind, 0, "")
	return file.Error()
}
