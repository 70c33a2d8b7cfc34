package verifytest

import "strings"

// disguise is a spelling of an address that must not get through.
type disguise struct{ why, raw string }

// disguises are made from a legal address, so that a verifier that looks at
// its text alone would accept them.
func disguises(legal string) []disguise {
	rest := strings.TrimPrefix(legal, "https://")
	host, behind := rest, ""
	if i := strings.IndexAny(rest, ":/"); i >= 0 {
		host, behind = rest[:i], rest[i:]
	}
	return []disguise{
		{"nothing was read", ""},
		{"plain http can be changed on its way", "http://" + rest},
		{"only https opens pages", "javascript://" + rest},
		{"an address is absolute", rest},
		{"an address is absolute", "//" + rest},
		{"browsers read one slash as two", "https:/" + rest},
		{"browsers drop spaces around an address", " " + legal},
		{"browsers drop line ends", legal + "\n"},
		{"browsers drop tabs inside a host", "https://" + host[:1] + "\t" + host[1:] + behind},
		{"what stands before @ is no host", "https://" + host + "@evil.example" + behind},
		{"what stands before @ is no host", "https://" + host + ":443@evil.example" + behind},
		{"browsers read a backslash as a slash", "https://evil.example\\@" + rest},
		{"programs differ on where a host ends", "https://" + host + "\\.evil.example" + behind},
		{"programs differ on where a host ends", "https://" + host + "\x00.evil.example" + behind},
		{"programs differ on escapes in a host", "https://" + host + "%2eevil.example" + behind},
		{"with a dot at its end a host is another", "https://" + host + "." + behind},
		{"U+0130 in lower case looks like an i", "https://\u0130" + rest},
		{"U+1E9E becomes ss in some programs", "https://\u1e9e" + rest},
		{"U+FF0E becomes a dot in some programs", "https://" + strings.Replace(rest, ".", "\uff0e", 1)},
		{"a number is an IP address", "https://2130706433" + behind},
		{"an IP address has no owner to trust", "https://127.0.0.1" + behind},
		{"an IP address has no owner to trust", "https://[::1]" + behind},
		{"localhost is the terminal itself", "https://localhost" + behind},
		{"localhost is the terminal itself", "https://" + host + ".localhost" + behind},
		{"port 0 does not exist", "https://" + host + ":0/"},
		{"ports end at 65535", "https://" + host + ":65979/"},
		{"a % without two digits has no meaning", legal + "%"},
		{"only printable ASCII follows a host", legal + "\u200b"},
		{"an address has 2048 bytes at most", legal + strings.Repeat("a", 2049-len(legal))},
	}
}
