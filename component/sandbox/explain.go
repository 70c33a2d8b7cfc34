package sandbox

import (
	"bytes"
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/anyscan/anyscan/component"
)

// explain finds out what is wrong with a signature that does not fit, for whoever has
// to mend it. It tries what people do by mistake; none of it is taken.
func (s statement) explain(key component.Secret, stamp, signature string) string {
	if form := malformed(signature); form != "" {
		return form
	}
	if len(s.body) == 0 {
		return "the body is empty: something has read it before"
	}
	for _, m := range s.mistakes() {
		if hmac.Equal([]byte(signature), []byte(m.signed.mac(key, stamp))) {
			return m.what
		}
	}
	return "another secret, or the message was changed"
}

// malformed says what is wrong with the form of a signature, if anything.
func malformed(signature string) string {
	switch raw, err := hex.DecodeString(signature); {
	case err == nil && signature != strings.ToLower(signature):
		return "it is in upper case: want hexadecimal in lower case"
	case err == nil && len(raw) != 32:
		return "it has not 64 digits: want all of HMAC-SHA256"
	case err == nil:
		return ""
	}
	if raw, err := base64.StdEncoding.DecodeString(signature); err == nil && len(raw) == 32 {
		return "it is base64: want hexadecimal"
	}
	return "it is not hexadecimal"
}

type mistake struct {
	what   string
	signed statement // what was signed instead
}

func (s statement) mistakes() []mistake {
	with := func(body []byte) statement { return statement{s.merchant, s.verb, s.target, body} }
	all := []mistake{
		{"the body has a line end that was not signed", with(bytes.TrimRight(s.body, "\r\n"))},
		{"the body lacks a line end that was signed", with(append(bytes.Clone(s.body), '\n'))},
		{"a request was signed: want NOTIFY and / for a notification", statement{s.merchant, "POST", "/", s.body}},
		{"the body was not signed", with(nil)},
	}
	var compact bytes.Buffer // and not indented: of a body that nobody signed that can be a thousand times as long
	if json.Compact(&compact, s.body) == nil {
		all = append(all, mistake{"the body was written anew: want the bytes that were sent", with(compact.Bytes())})
	}
	return all
}
