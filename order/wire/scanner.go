package wire

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf16"
)

// scanner cuts JSON that is known to be valid into tokens.
type scanner struct {
	data []byte
	at   int
}

// next is the next token: a bracket, a string with its quotes, a number or a
// word.
func (s *scanner) next() []byte {
	s.space()
	start := s.at
	switch s.data[start] {
	case '{', '[', '}', ']':
		s.at++
	case '"':
		s.at += stringLength(s.data[start:])
	default:
		s.at += wordLength(s.data[start:])
	}
	return s.data[start:s.at]
}

// more reports whether the object or array goes on, and takes its end if not.
func (s *scanner) more() bool {
	s.space()
	if s.data[s.at] != '}' && s.data[s.at] != ']' {
		return true
	}
	s.at++
	return false
}

// space skips what stands between tokens. Where commas and colons belong was
// checked before.
func (s *scanner) space() {
	s.at += len(s.data[s.at:]) - len(bytes.TrimLeft(s.data[s.at:], " \t\r\n,:"))
}

func stringLength(text []byte) int {
	for i := 1; ; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

func wordLength(text []byte) int {
	if end := bytes.IndexAny(text, " \t\r\n,:{}[]\""); end >= 0 {
		return end
	}
	return len(text)
}

// halfCharacter reports an escape in a JSON string that names one half of a
// surrogate pair without the other. encoding/json would put U+FFFD there.
func halfCharacter(raw []byte) bool {
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++
		first := escaped(raw[i-1:])
		if !utf16.IsSurrogate(first) {
			continue
		}
		if utf16.DecodeRune(first, escaped(raw[i+5:])) == unicode.ReplacementChar {
			return true
		}
		i += 10
	}
	return false
}

// escaped is the UTF-16 unit of the \u escape that raw begins with, or -1.
func escaped(raw []byte) rune {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}
