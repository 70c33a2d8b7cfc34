package reconcile

import (
	"strings"
	"unicode/utf8"
)

// A spelling is how rows become lines of one format and back.
type spelling interface {
	// line is the row as a line with its end.
	line(to []byte, r *row) []byte
	// parse reads a line without its end. It may take more than line writes: the
	// reader compares.
	parse(line string) (row, error)
	// end is what ends a line.
	end() string
}

// csvSpelling is RFC 4180: lines end in CRLF, all have the same columns, and a
// text with a comma, quote, semicolon or space stands in quotes.
type csvSpelling struct{}

func (csvSpelling) end() string { return "\r\n" }

func (csvSpelling) line(to []byte, r *row) []byte {
	for column, text := range r {
		if column > 0 {
			to = append(to, ',')
		}
		if !number(column) {
			text = guarded(text)
		}
		if strings.ContainsAny(text, ",;\"' \t") {
			text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		}
		to = append(to, text...)
	}
	return append(to, "\r\n"...)
}

// starters begin what a spreadsheet takes for a formula; the wide ones do so in
// some countries. An apostrophe is among them so that it can be told from a guard.
const starters = "=+-@\t\r'＝＋－＠"

// guarded puts an apostrophe before a text that a spreadsheet would compute
// (OWASP, CSV injection).
func guarded(text string) string {
	if first, _ := utf8.DecodeRuneInString(text); text != "" && strings.ContainsRune(starters, first) {
		return "'" + text
	}
	return text
}

// unguarded takes the apostrophe off.
func unguarded(text string) string { return strings.TrimPrefix(text, "'") }

func (csvSpelling) parse(line string) (r row, err error) {
	for column := range columns {
		text, rest, more, err := csvField(line)
		switch {
		case err != nil:
			return r, &FileError{Column: columnNames[column], Err: err}
		case more != (column < columns-1):
			return r, syntax("has another number of columns than %d: want %s", columns, strings.Join(columnNames[:], ","))
		}
		if !number(column) {
			text = unguarded(text)
		}
		r[column], line = text, rest
	}
	return r, nil
}

// csvField takes a field off a line; more says that a comma follows it.
func csvField(line string) (text, rest string, more bool, err error) {
	if !strings.HasPrefix(line, `"`) {
		text, rest, more = strings.Cut(line, ",")
		if strings.Contains(text, `"`) {
			return "", "", false, syntax("has a quote inside: want the whole text in quotes, and its own quotes doubled")
		}
		return text, rest, more, nil
	}
	for from := 1; ; {
		i := strings.IndexByte(line[from:], '"')
		if i < 0 {
			return "", "", false, syntax("has no closing quote: a text has no line break")
		}
		switch end := from + i; {
		case strings.HasPrefix(line[end+1:], `"`):
			from = end + 2
		case end+1 == len(line) || line[end+1] == ',':
			rest, more = strings.CutPrefix(line[end+1:], ",")
			return strings.ReplaceAll(line[1:end], `""`, `"`), rest, more, nil
		default:
			return "", "", false, syntax("goes on after its closing quote: want a comma")
		}
	}
}
