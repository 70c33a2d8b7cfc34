package print

import (
	"io"
	"strings"
)

// Terminal writes the code as text for a terminal, two modules to a character
// cell. It needs a font with block elements (U+2580 to U+2588) and the 256
// colours of xterm, and as many columns as the code has modules: 33 to 69 for
// the usual address in a QR code.
//
// Black and white are both set on every line, from the fixed part of the
// palette. The code is dark on light whether the terminal is light or dark, and
// whatever its theme makes of "black"; plain blocks would turn light on dark in
// a dark terminal, which many readers do not take. The error is that of w.
func (c *Code) Terminal(w io.Writer) error {
	const blackOnWhite, reset = "\x1b[38;5;16;48;5;231m", "\x1b[0m"
	var b strings.Builder
	for y := 0; y < len(c.modules); y += 2 {
		upper, lower := c.modules[y], make([]bool, len(c.modules[y]))
		if y+1 < len(c.modules) {
			lower = c.modules[y+1]
		}
		b.WriteString(blackOnWhite)
		for x := range upper {
			b.WriteString(halfBlocks(upper[x], lower[x]))
		}
		b.WriteString(reset + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func halfBlocks(upper, lower bool) string {
	switch {
	case upper && lower:
		return "█"
	case upper:
		return "▀"
	case lower:
		return "▄"
	}
	return " "
}
