package verify

import (
	"crypto"
	"encoding/base64"
	"strings"
)

// SignDomain makes the specification's plain form: the signature of the
// registrable domain alone, in base64url, as the last segment of the path. The
// address has no query and no fragment, and its path ends with /.
//
//	https://www.XXXX.com/ ─▶ https://www.xxxx.com/A    A = the signature of "xxxx.com"
//
// The signature fits every address of the domain, for ever and for any merchant:
// see [SignatureOptions]. Prefer [Sign]. The algorithm is the one that the
// institution's [Key] names, "" for that of its kind.
//
// The error is an [*ArgumentError], or wraps that of the signer.
func SignDomain(signer crypto.Signer, address Address, a Algorithm) (Address, error) {
	domain := address.Domain()
	key, err := signerKey(signer, a)
	switch {
	case err != nil:
		return Address{}, err
	case domain == "":
		return Address{}, argumentError("address", CodeNoDomain.sentence())
	case address.afterPath() != "" || !strings.HasSuffix(address.text, "/") || steps(address.Path()):
		return Address{}, argumentError("address", pathForm)
	}
	signature, err := signVerified(signer, key, []byte(domain))
	if err != nil {
		return Address{}, err
	}
	signed, err := withSegment(address, base64.RawURLEncoding.EncodeToString(signature))
	if err != nil {
		return Address{}, err
	}
	if _, ok := plainToken(signed); !ok {
		return Address{}, argumentError("signer", shortSignatures)
	}
	return signed, nil
}

const (
	pathForm      = "does not end with the / of a path without . or .. segments, query and fragment; the token comes right behind it"
	minPlainChars = 43 // 32 bytes: no shorter signature is secure
)

// plainToken is the last path segment where it can be a signature.
func plainToken(a Address) (signature []byte, ok bool) {
	path := a.Path()
	segment := path[strings.LastIndexByte(path, '/')+1:]
	if len(segment) < minPlainChars || len(segment) > maxQueryChars || steps(path) {
		return nil, false
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(segment)
	return signature, err == nil
}
