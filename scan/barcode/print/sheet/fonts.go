package sheet

import (
	"bytes"
	"fmt"
	"unicode"

	"github.com/go-text/typesetting/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// faces are fonts in the order in which they are asked for a letter. They are made
// for one sheet: a face serves one goroutine.
type faces []*font.Face

// loadFaces gives the faces for names and for small lines.
func loadFaces(files [][]byte) (bold, regular faces, err error) {
	own, err := parse(gobold.TTF, goregular.TTF)
	if err != nil {
		return nil, nil, err
	}
	total := 0
	for i, file := range files {
		if total += len(file); total > maxFonts {
			return nil, nil, &ContentError{"Fonts", fmt.Sprintf("has more than %d MiB", maxFonts>>20)}
		}
		more, err := parse(file)
		if err != nil {
			return nil, nil, &ContentError{fmt.Sprintf("Fonts[%d]", i), fmt.Sprintf("is no TrueType or OpenType font: %v", err)}
		}
		own = append(own, more...)
	}
	return append(faces{own[0]}, own[2:]...), own[1:], nil
}

func parse(files ...[]byte) (all faces, err error) {
	for _, file := range files {
		if err := checkDirectory(file); err != nil {
			return nil, err
		}
		list, err := font.ParseTTC(bytes.NewReader(file))
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// ResolveFace implements [shaping.Fontmap].
func (f faces) ResolveFace(r rune) *font.Face {
	for _, face := range f {
		if drawsAlone(face, r) {
			return face
		}
	}
	return f[0]
}

// drawsAlone reports whether a face has a letter as an outline. That of a letter
// which a face has in colours alone may be empty.
func drawsAlone(face *font.Face, r rune) bool {
	glyph, ok := face.NominalGlyph(r)
	if !ok {
		return false
	}
	outline, ok := face.GlyphDataOutline(glyph)
	return ok && (len(outline.Segments) > 0 || unicode.IsSpace(r))
}

// lacks gives the first letter of a text that no face has.
func (f faces) lacks(text string) (rune, bool) {
	for _, r := range text {
		if !joins(r) && !unicode.Is(unicode.Variation_Selector, r) && !drawsAlone(f.ResolveFace(r), r) {
			return r, true
		}
	}
	return 0, false
}
