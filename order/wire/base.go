package wire

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
)

// message is what a signature base is made from.
type message struct {
	derived map[string]string // @method, @target-uri or @status
	header  http.Header
	request *message // of a response
}

// base is the signature base (RFC 9421 section 2.5).
func (m message) base(in input) (string, error) {
	var b strings.Builder
	for _, c := range in.covered {
		v, err := m.value(c)
		if err != nil {
			return "", err
		}
		b.WriteString(c.String() + ": " + v + "\n")
	}
	b.WriteString(`"@signature-params": ` + in.String())
	return b.String(), nil
}

// value is the value of a component. A field has to stand exactly once: which
// of several is meant must not depend on who reads them.
func (m message) value(c component) (string, error) {
	if c.req {
		if m.request == nil {
			return "", signatureError(c.name, "is the request's, and this is no response")
		}
		m = *m.request
	}
	v, ok := m.derived[c.name]
	if !ok {
		values := m.header.Values(c.name)
		if len(values) != 1 {
			return "", signatureError(c.name, "stands %d times: want one", len(values))
		}
		v = strings.Trim(values[0], " \t")
	}
	if !isPrintable(v) {
		return "", signatureError(c.name, "holds characters that are not printable ASCII")
	}
	if c.key == "" {
		return v, nil
	}
	member, ok := strings.CutPrefix(v, c.key+"=")
	if _, bytes := parseByteSequence(member); !ok || !bytes {
		return "", signatureError(c.name, "is %.40q: want the one member %s=:…:", v, c.key)
	}
	return member, nil
}

// with is the message with another value of a component.
func (m message) with(name, value string) message {
	m.derived = maps.Clone(m.derived)
	m.derived[name] = value // a field's too: value looks here first
	return m
}

// SignatureError is why a signed message was not accepted: for the log of
// whoever refused it, and for a sender that names a key which is known there.
// Anybody else learns no more than that it was refused. It is the cause of an
// *[order.Error].
type SignatureError struct {
	// Part is the component, parameter or header that was wrong, such as
	// "content-digest", "created" or "signature-input".
	Part   string
	Reason string // what was wrong with it and what would be right

	peer  bool // the message names a key that is known
	cause error
}

func (e *SignatureError) Error() string {
	return "signature was not accepted: " + e.Part + " " + e.Reason
}

// Unwrap is the cause: [ErrKey] for a known key that cannot verify, or nil.
func (e *SignatureError) Unwrap() error { return e.cause }

func signatureError(part, format string, args ...any) error {
	return &SignatureError{Part: part, Reason: fmt.Sprintf(format, args...)}
}
