package verify

import (
	"context"
	"strings"
	"time"
)

// Part is a part of an address.
type Part int

// The parts that an agreed string can be looked for in.
const (
	AfterHost Part = iota // path, query and fragment
	InPath
	InQuery
)

// AgreedString is the agreed character string (method 2; claim 7 of US
// 12,387,194 B2): an address is legal if it holds a string that the clearing
// and the acquiring institution agreed upon.
//
// It tells codes of this kind from all other codes, no more: whoever has read
// one legal code knows the string and can write it into an address on a host
// of their own. A string in the fragment never reaches a server. Where an attacker is to be kept out, combine it with
// [Domains] under [All], or use a [Signature].
type AgreedString struct {
	agreed []string
	part   Part
}

var _ Method = (*AgreedString)(nil)

// AgreedStringOptions are for [NewAgreedString].
type AgreedStringOptions struct {
	// In is where the string must be. Default: AfterHost. The host is never
	// searched.
	In Part
}

const (
	minAgreed = 6
	maxAgreed = 128
)

// NewAgreedString makes a method that accepts addresses holding at least one
// of the strings, byte for byte; several allow rotation. Each has 6 to 128
// bytes that can occur in an address. The error is an [*ArgumentError].
func NewAgreedString(agreed []string, o *AgreedStringOptions) (*AgreedString, error) {
	m := &AgreedString{agreed: append([]string(nil), agreed...)}
	if o != nil {
		m.part = o.In
	}
	if len(agreed) == 0 {
		return nil, argumentError("agreed strings", noneGiven)
	}
	if m.part < AfterHost || m.part > InQuery {
		return nil, argumentError("In", "is no part of an address; AfterHost, InPath or InQuery is right")
	}
	for i, s := range agreed {
		if problem := checkAgreed(s); problem != "" {
			return nil, &ArgumentError{Argument: "agreed string", Index: i, Value: quote(s), Problem: problem}
		}
	}
	return m, nil
}

func checkAgreed(s string) (problem string) {
	if len(s) < minAgreed || len(s) > maxAgreed {
		return "has less than 6 or more than 128 bytes; a shorter one would occur by chance"
	}
	for i := range len(s) {
		if !isAddressByte(s[i]) {
			return CodeCharacter.sentence()
		}
	}
	return ""
}

// Name returns "string".
func (m *AgreedString) Name() string { return "string" }

// Check accepts addresses that hold one of the strings; [Match.Rule] is it.
func (m *AgreedString) Check(_ context.Context, a Address, _ time.Time) (Match, error) {
	text := m.part.of(a)
	for _, s := range m.agreed {
		if strings.Contains(text, s) {
			return Match{Rule: s}, nil
		}
	}
	return Match{}, refuse(CodeNoString)
}

// of is what is searched. A browser resolves steps such as /agreed/../other
// before it asks: a path that has any is not what the server will see.
func (p Part) of(a Address) string {
	path := a.Path()
	if steps(path) {
		path = ""
	}
	switch p {
	case InPath:
		return path
	case InQuery:
		return a.Query()
	}
	return path + a.afterPath()
}

// steps reports whether a path has a segment . or .., escaped or not.
func steps(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if len(segment) > len("%2e%2e") {
			continue
		}
		switch strings.ReplaceAll(strings.ToLower(segment), "%2e", ".") {
		case ".", "..":
			return true
		}
	}
	return false
}
