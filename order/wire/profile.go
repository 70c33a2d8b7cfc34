package wire

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	label           = "sig1"    // of every signature
	tag             = "anyscan" // of this profile (RFC 9421 section 2.3)
	inputHeader     = "Signature-Input"
	signatureHeader = "Signature"
	typeHeader      = "Content-Type"
	codingHeader    = "Content-Encoding"
)

// requestCovers is what a request's signature covers: all of it, exactly. A body
// needs a type, and whether there is one is read from the digest, which is
// covered, and not from the framing, which anybody on the way can change.
func requestCovers(h http.Header) []component {
	covers := []component{{name: "@method"}, {name: "@target-uri"}, {name: "content-digest"}}
	if len(h.Values(typeHeader)) > 0 || len(h.Values(digestHeader)) > 0 && h.Get(digestHeader) != contentDigest(nil) {
		covers = append(covers, component{name: "content-type"})
	}
	if len(h.Values(keyHeader)) > 0 {
		covers = append(covers, component{name: "idempotency-key"})
	}
	return covers
}

// checkCoding refuses an encoded request: the encoding is not covered, and the
// digest is of the body as it is.
func checkCoding(h http.Header) error {
	if len(h.Values(codingHeader)) > 0 {
		return signatureError("content-encoding", "is %.40q: want the header left out", h.Get(codingHeader))
	}
	return nil
}

// coveredHeader is what the signature vouches for, with the signature itself.
func coveredHeader(h http.Header) http.Header {
	return only(h, typeHeader, keyHeader, digestHeader, inputHeader, signatureHeader)
}

// plainHeader is the same of a request without a signature: nothing was compared
// with a digest that it may have brought.
func plainHeader(h http.Header) http.Header { return only(h, typeHeader, keyHeader) }

func only(h http.Header, names ...string) http.Header {
	some := http.Header{}
	for _, name := range names {
		if values := h.Values(name); len(values) > 0 {
			some[name] = slices.Clone(values)
		}
	}
	return some
}

// responseCovers is what a response's signature covers: all of it, exactly.
func responseCovers() []component {
	return []component{{name: "@status"}, {name: "content-digest"}, {name: "signature", req: true, key: label}}
}

func requestMessage(r *http.Request, target string) message {
	return message{
		derived: map[string]string{"@method": cmp.Or(r.Method, http.MethodGet), "@target-uri": target},
		header:  r.Header,
	}
}

func responseMessage(status int, h http.Header, req *http.Request) message {
	return message{
		derived: map[string]string{"@status": strconv.Itoa(status)},
		header:  h,
		request: &message{header: req.Header},
	}
}

// covers reports a component that is missing or not expected. Their order is
// the signer's.
func (in input) covers(wanted []component) error {
	for _, c := range wanted {
		if !slices.Contains(in.covered, c) {
			return signatureError(c.name, "is not covered: want it covered as %s", c)
		}
	}
	for _, c := range in.covered {
		if !slices.Contains(wanted, c) {
			return signatureError(c.name, "is covered as %s: want it left out", c)
		}
	}
	return nil
}

// keyID is the identifier of the key that the message names, "" without one.
func (in input) keyID() string {
	for _, p := range in.params {
		if p.name == "keyid" {
			return p.text
		}
	}
	return ""
}

// checkParams checks how the message was signed.
func (in input) checkParams(o *Options) (err error) {
	for _, p := range in.params {
		switch {
		case p.name == "created" && p.int:
			err = checkTime(time.Unix(p.num, 0), o)
		case p.name == "tag" && p.text != tag:
			err = signatureError("tag", "is another protocol's: want %q", tag)
		case p.name == "alg":
			err = signatureError("alg", "is there: want it left out, the algorithm belongs to the key")
		case p.name != "tag" && (p.name != "keyid" || p.int):
			err = signatureError(p.name, "is not a parameter as expected: want created, keyid and tag")
		}
		if err != nil {
			return err
		}
	}
	if len(in.params) != 3 { // each at most once, so three are all
		return signatureError("signature-input", "has %d parameters: want created, keyid and tag", len(in.params))
	}
	return nil
}

func checkTime(created time.Time, o *Options) error {
	now := o.now()
	age, side := now.Sub(created), "before"
	if age < 0 {
		side = "after"
	}
	if age.Abs() > o.window() {
		return signatureError("created", "is %d, which is %s %s the time here, %s: want at most %s",
			created.Unix(), age.Abs().Round(time.Second), side, now.UTC().Format(time.RFC3339), o.window())
	}
	return nil
}
