package order

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckText reports a text that nobody should be shown: longer than limit bytes,
// not UTF-8, with control characters, line breaks, or characters that turn the
// direction of what follows, or with nothing visible in it. An empty text is
// missing. The error is a sentence's end, such as "is missing".
func CheckText(s string, limit int) error {
	switch {
	case s == "":
		return errors.New("is missing")
	case len(s) > limit:
		return fmt.Errorf("has %d bytes: at most %d", len(s), limit)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, misleads):
		return errors.New("holds control or direction characters or line breaks, or is not UTF-8")
	case !strings.ContainsFunc(s, visible):
		return errors.New("shows nothing: want a visible character")
	}
	return nil
}

// misleads finds what makes a text look other than it is.
func misleads(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}

func visible(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) }

// CheckIdentifier reports a merchant's or an item's identifier that is not 1 to
// 128 of A-Z a-z 0-9 . _ -, or that a browser would take for a step in a path.
func CheckIdentifier(s string) error {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	switch {
	case s == "" || len(s) > maxName || strings.Trim(s, allowed) != "":
		return fmt.Errorf("%.40q is not an identifier: want 1 to %d of A-Z a-z 0-9 . _ -", s, maxName)
	case s == "." || s == "..":
		return fmt.Errorf("%q is not an identifier: in an address it is a step to another one", s)
	}
	return nil
}
