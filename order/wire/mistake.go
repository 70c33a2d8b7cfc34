package wire

import (
	"mime"
	"strings"
)

// maxGuesses bounds what a request with a wrong signature costs: each is one
// verification more, beside one for the salt of RSA.
const maxGuesses = 6

// mistake is another value of a component, which a peer that is new here may
// have signed.
type mistake struct {
	part, value string
}

// mistakes are what peers have been seen to sign instead of what m is, the most
// likely first. All of it is made of the request itself and of the public address
// of this server.
func mistakes(m message, host, base, target string) []mistake {
	var all []mistake
	for _, address := range otherTargets(host, base, target) {
		all = append(all, mistake{"@target-uri", address})
	}
	all = append(all,
		mistake{"idempotency-key", otherKey(m.header.Get(keyHeader))},
		mistake{"content-type", otherType(m.header.Get(typeHeader))},
		mistake{"@target-uri", base + otherSlash(target)},
		mistake{"@target-uri", withPort(base) + target},
		mistake{"@method", strings.ToLower(m.derived["@method"])},
	)
	return all
}

// otherTargets are the addresses that a client behind a proxy, or in front of one
// that this server does not know of, takes this server to have.
func otherTargets(host, base, target string) []string {
	scheme, rest, _ := strings.Cut(base, "://")
	own, path, _ := strings.Cut(rest, "/")
	other := map[string]string{"http": "https", "https": "http"}[scheme]
	targets := []string{origin(other, own) + base[len(scheme+"://"+own):] + target}
	if h := strings.ToLower(host); h != own {
		targets = append(targets, origin(scheme, h)+target, origin(other, h)+target)
	}
	if path != "" {
		targets = append(targets, origin(scheme, own)+target)
	}
	return targets
}

func otherKey(header string) string {
	if bare, ok := unquote(header); ok && bare != header {
		return bare
	}
	return quote(header)
}

func otherType(header string) string {
	media, params, err := mime.ParseMediaType(header)
	if err == nil && len(params) > 0 {
		return media
	}
	return header + "; charset=utf-8"
}

func otherSlash(target string) string {
	path, query, asked := strings.Cut(target, "?")
	if trimmed, ok := strings.CutSuffix(path, "/"); ok {
		path = trimmed
	} else {
		path += "/"
	}
	if asked {
		path += "?" + query
	}
	return path
}

// withPort writes out the port that the scheme of base has by itself, if base
// has that one.
func withPort(base string) string {
	scheme, rest, _ := strings.Cut(base, "://")
	host, _, _ := strings.Cut(rest, "/")
	if strings.LastIndex(host, ":") > strings.LastIndex(host, "]") {
		return base
	}
	port := map[string]string{"http": ":80", "https": ":443"}[scheme]
	return scheme + "://" + host + port + rest[len(host):]
}

// explain is why a signature of the right form does not verify. Nothing in it
// says so; so a few mistakes are tried out. Whatever is found, the signature is
// refused.
func (c claim) explain(m message, guesses []mistake) error {
	base, _ := m.base(c.input) // it was made before
	if saltedOtherwise(c.pub, base, c.signature) {
		return signatureError("signature", "has salt of another length: want %d bytes", saltLength)
	}
	tried := 0
	for _, g := range guesses {
		is, err := m.value(component{name: g.part})
		if err != nil || g.value == is || tried == maxGuesses {
			continue
		}
		tried++
		signed, err := m.with(g.part, g.value).base(c.input)
		if err == nil && checkSignature(c.pub, signed, c.signature) == nil {
			return signatureError(g.part, "was signed as %.200q, but here it is %.200q", g.value, is)
		}
	}
	return c.mismatch(m)
}

// mismatch is that a signature does not verify, without a guess why.
func (c claim) mismatch(m message) error {
	base, _ := m.base(c.input) // it was made before
	return signatureError("signature", "%v; here the signature base is %.1000q", errMismatch, base)
}
