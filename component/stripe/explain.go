package stripe

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A mistake is another text or secret that a signature could be made with.
type mistake struct {
	secret, text []byte
	says         string
}

// explain says why a signature fits nothing. What it tries are the ways in which a
// body is changed before it comes here, and in which a signature is made wrongly. It
// explains and decides nothing.
func explain(body []byte, s signature, secrets []string) error {
	at := strconv.FormatInt(s.at.Unix(), 10)
	for _, secret := range secrets {
		for _, m := range mistakes(body, at, secret) {
			if s.fits(m) {
				return errors.New(m.says)
			}
		}
	}
	return fmt.Errorf("none of the %d webhook secrets known here made the signature over this body: it is another endpoint's secret (each has its own, "+
		"and so has stripe listen), or the time or the body (%d bytes) was changed on the way", len(secrets), len(body))
}

func (s signature) fits(m mistake) bool {
	mac := hmac.New(sha256.New, m.secret)
	mac.Write(m.text)
	sum := mac.Sum(nil)
	for _, v1 := range s.v1 {
		if raw, err := hex.DecodeString(v1); err == nil && hmac.Equal(raw, sum) {
			return true
		}
	}
	return false
}

func mistakes(body []byte, at, secret string) []mistake {
	key := []byte(secret)
	signed := func(body []byte) []byte { return append([]byte(at+"."), body...) }
	bare, _ := strings.CutPrefix(secret, "whsec_")
	decoded, _ := base64.StdEncoding.DecodeString(bare)
	all := []mistake{
		{key, body, "the signature is over the body alone: want the time t, a point and the body"},
		{[]byte(bare), signed(body), "the signature was made without the whsec_ of the secret: want the whole secret as the key"},
		{decoded, signed(body), "the signature was made with what the secret is in base64, as Standard Webhooks has it: want the secret's own characters as the key"},
		{key, signed(bytes.TrimRight(body, "\r\n")), "a line break was added to the body on its way here"},
		{key, signed(append(bytes.Clone(body), '\n')), "a line break at the end of the body was lost on its way here"},
		{key, signed(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))), "the line breaks of the body were changed on its way here"},
	}
	for _, other := range rewritten(body) {
		all = append(all, mistake{key, signed(other), "the body was decoded and written anew on its way here: want its bytes as Stripe sent them"})
	}
	return all
}

// rewritten is the body as Stripe and most libraries would write the same JSON.
func rewritten(body []byte) (all [][]byte) {
	var compact bytes.Buffer
	if json.Compact(&compact, body) != nil {
		return nil
	}
	if !modest(body) {
		return [][]byte{compact.Bytes()}
	}
	for _, indent := range []string{"  ", "\t", "    "} {
		var b bytes.Buffer
		if json.Indent(&b, body, "", indent) == nil {
			all = append(all, b.Bytes())
		}
	}
	return append(all, compact.Bytes())
}

// modest reports a body that is not much longer when it is indented. Whoever sends
// something that nobody signed must not make us work for it.
func modest(body []byte) bool {
	depth, deepest := 0, 0
	for _, b := range body {
		switch b {
		case '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ']', '}':
			depth--
		}
	}
	return len(body) <= 16<<10 && deepest <= 16
}
