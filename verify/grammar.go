package verify

import "strings"

// scan walks once over an address as read. Offsets point into raw.
type scan struct {
	raw             string
	secure, small   bool // https; a host without capital letters
	host, hostEnd   int
	port            int // 0 where none is written
	path            int
	query, fragment int // where each begins, its '?' or '#' included
}

// parse is the whole front door. It returns an Address, or the reason and the
// offset of the first offending byte.
func parse(raw string, development bool) (Address, Code, int) {
	if len(raw) > maxAddress {
		return Address{}, CodeTooLong, maxAddress
	}
	s := scan{raw: raw}
	if code, at := s.read(development); code != "" {
		return Address{}, code, at
	}
	a, ok := s.canonical()
	if !ok {
		return Address{}, CodeTooLong, maxAddress - 1
	}
	return a, "", 0
}

func (s *scan) read(development bool) (code Code, at int) {
	if code, at = s.readScheme(development); code != "" {
		return code, at
	}
	if code, at = s.readAuthority(development); code != "" {
		return s.explain(code), at
	}
	return s.readRest()
}

func (s *scan) readAuthority(development bool) (code Code, at int) {
	if s.hostEnd, s.small, code, at = readHost(s.raw, s.host); code != "" {
		return code, at
	}
	if code, at = s.checkLocal(development); code != "" {
		return code, at
	}
	return s.readPort()
}

func (s *scan) readScheme(development bool) (Code, int) {
	switch {
	case hasPrefixFold(s.raw, "https://"):
		s.secure, s.host = true, len("https://")
	case !hasPrefixFold(s.raw, "http://"):
		return CodeScheme, 0
	case !development:
		return CodePlainHTTP, 0
	default:
		s.host = len("http://")
	}
	return "", 0
}

// checkLocal keeps a scanned code from reaching services on the terminal
// itself (RFC 6761 section 6.3), and plain http from reaching anything else.
func (s *scan) checkLocal(development bool) (Code, int) {
	const local = ".localhost"
	host := s.raw[s.host:s.hostEnd]
	isLocal := len(host) > len(local) && host[len(host)-len(local)] == '.' && hasPrefixFold(host[len(host)-len(local):], local)
	switch {
	case isLocal && !development:
		return CodeLocalhost, s.host
	case !isLocal && !s.secure:
		return CodePlainHTTP, 0
	}
	return "", 0
}

func (s *scan) readPort() (Code, int) {
	s.path = s.hostEnd
	if s.path == len(s.raw) || s.raw[s.path] != ':' {
		return "", 0
	}
	first := s.path + 1
	for s.path = first; s.path < len(s.raw) && isDigit(s.raw[s.path]); s.path++ {
		s.port = s.port*10 + int(s.raw[s.path]-'0')
		if s.port == 0 || s.port > 65535 {
			return CodePort, first
		}
	}
	if s.path == first || s.path < len(s.raw) && strings.IndexByte("/?#", s.raw[s.path]) < 0 {
		return CodePort, s.path
	}
	return "", 0
}

func (s *scan) readRest() (Code, int) {
	raw, query, fragment := s.raw, len(s.raw), len(s.raw)
	for i := s.path; i < len(raw); i++ {
		c := restBytes[raw[i]]
		if c == '1' { // nearly all are
			continue
		}
		switch c {
		case '%':
			if i+2 >= len(raw) || !isHex(raw[i+1]) || !isHex(raw[i+2]) {
				return CodeEscape, i
			}
		case '?':
			query = min(query, i)
		case '#':
			fragment = min(fragment, i)
		default:
			return CodeCharacter, i
		}
	}
	s.query, s.fragment = min(query, fragment), fragment // a ? in the fragment begins no query
	return "", 0
}

// explain names the mistake behind a host or port that could not be read.
func (s *scan) explain(code Code) Code {
	authority := s.raw[s.host:]
	if i := strings.IndexAny(authority, "/?#"); i >= 0 {
		authority = authority[:i]
	}
	if strings.Contains(authority, "@") {
		return CodeUserInfo
	}
	return code
}

// readHost reads a host name of at least two labels from s[from:], up to the
// end or what may follow a host, and returns the offset behind it, and whether all
// its letters are small.
func readHost(s string, from int) (end int, small bool, code Code, at int) {
	label, labels, all := from, 1, byte('a')
	for end = from; end < len(s); end++ {
		c := hostBytes[s[end]]
		if c >= 'A' { // of a label
			all &= c
			continue
		}
		if c != '.' {
			break
		}
		if code, at := checkLabel(s[label:end]); code != "" {
			return 0, false, code, label + at
		}
		label, labels = end+1, labels+1
	}
	if end < len(s) && strings.IndexByte(":/?#", s[end]) < 0 {
		return 0, false, CodeHostCharacter, end
	}
	if label == end && labels > 1 {
		return 0, false, CodeTrailingDot, end - 1
	}
	switch code, at := checkLabel(s[label:end]); {
	case code != "":
		return 0, false, code, label + at
	case isDigit(s[label]):
		return 0, false, CodeHostNumeric, label
	case labels < 2:
		return 0, false, CodeHostSingle, from
	case end-from > maxHost:
		return 0, false, CodeHostLength, from + maxHost
	}
	return end, all == 'a', "", 0
}

func checkLabel(label string) (Code, int) {
	switch {
	case label == "":
		return CodeHostLabel, 0
	case len(label) > maxLabel:
		return CodeHostLabel, maxLabel
	case label[0] == '-':
		return CodeHostLabel, 0
	case label[len(label)-1] == '-':
		return CodeHostLabel, len(label) - 1
	}
	return "", 0
}

// hasPrefixFold folds ASCII letters only: Unicode folding would let U+017F
// pass for an s. prefix is in lower case.
func hasPrefixFold(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if lower(s[i]) != prefix[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isHex(c byte) bool   { return isDigit(c) || 'a' <= lower(c) && lower(c) <= 'f' }

// isAddressByte reports whether c may stand behind the host. What is left out
// is what parsers encode, drop or read as a slash.
func isAddressByte(c byte) bool { return restBytes[c] != '0' }
