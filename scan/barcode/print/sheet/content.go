package sheet

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Content is what a sheet says beside its code. A text has 200 bytes at most; a
// field that does not fit its lines in its smallest size is refused.
type Content struct {
	// Merchant is the name below the code, in one line or two. Required.
	Merchant string
	// Headline says above the code what to do with it, in one line or two: "Scan
	// with any app". Default: nothing.
	Headline string
	// Notes are up to four small lines below the name: a branch, a till, a
	// telephone number. Default: none.
	Notes []string
	// Fonts are files (TrueType, OpenType or a collection of these, 64 MiB
	// together) for letters that are not Latin, Greek or Cyrillic. The first that
	// has a letter draws it. Default: none.
	Fonts [][]byte
}

const (
	maxText  = 200
	maxNotes = 4
	maxFonts = 64 << 20
)

func (c Content) check() error {
	if c.Merchant == "" {
		return &ContentError{"Merchant", "is empty; a payer wants to see whom the code is of"}
	}
	if len(c.Notes) > maxNotes {
		return &ContentError{"Notes", fmt.Sprintf("has %d lines; at most %d are possible", len(c.Notes), maxNotes)}
	}
	for field, text := range c.texts() {
		if err := checkText(field, text); err != nil {
			return err
		}
	}
	return nil
}

// texts goes through the fields with something to say, by name.
func (c Content) texts() func(yield func(field, text string) bool) {
	return func(yield func(field, text string) bool) {
		if !yield("Headline", c.Headline) || !yield("Merchant", c.Merchant) {
			return
		}
		for i, note := range c.Notes {
			if !yield(fmt.Sprintf("Notes[%d]", i), note) {
				return
			}
		}
	}
}

func checkText(field, text string) error {
	switch {
	case len(text) > maxText:
		return &ContentError{field, fmt.Sprintf("has %d bytes; at most %d are possible", len(text), maxText)}
	case !utf8.ValidString(text):
		return &ContentError{field, "is not valid UTF-8"}
	case text != "" && strings.TrimSpace(text) == "":
		return &ContentError{field, "is nothing but space; leave it empty"}
	}
	for i, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || unicode.Is(unicode.Cf, r) && !joins(r) {
			return &ContentError{field, fmt.Sprintf("has the control %U at byte %d; letters and space are possible", r, i)}
		}
		if joinsToBars(r) {
			return &ContentError{field, fmt.Sprintf("has the block %U at byte %d, of which bars can be made that read as a code; letters and space are possible", r, i)}
		}
	}
	return nil
}

// joins reports whether a character says only how its neighbours join.
func joins(r rune) bool { return r == '\u200c' || r == '\u200d' || r == '\u034f' }

// joinsToBars reports whether letters of this kind join to shapes: box drawing and block
// elements. Readers that have found a code look for no bars beside it; others do.
func joinsToBars(r rune) bool { return r >= '\u2500' && r <= '\u259f' }
