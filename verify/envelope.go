package verify

import (
	"crypto/sha256"
	"encoding/binary"
)

// The token of a signed code address; doc.go shows the layout.
const (
	versionQuery = 1 // the token is the query parameter v
	versionPath  = 2 // the token is the last path segment

	headerSize   = 16
	prefixSize   = 2 // more, of a token with ScopePrefix
	maxHeader    = headerSize + prefixSize
	maxSignature = 512 // bytes, of RSA with 4096 bits
	maxToken     = maxHeader + maxSignature

	// signedPrefix keeps a signature made for anything else from passing as
	// one for a code address.
	signedPrefix = "anyscan code address v1\x00"
)

// Merchant is a merchant's identifier as a signed code carries it: the first
// eight bytes of its SHA-256. The zero Merchant means: bound to nobody.
type Merchant [8]byte

// MerchantOf returns the Merchant of an identifier; the empty one is zero.
func MerchantOf(identifier string) (m Merchant) {
	if identifier == "" {
		return m
	}
	sum := sha256.Sum256([]byte(identifier))
	copy(m[:], sum[:])
	return m
}

type keyID [2]byte

type header struct {
	version  byte
	key      keyID
	expires  uint32 // Unix seconds
	merchant Merchant
	scope    Scope
	prefix   uint16 // bytes that are covered; ScopePrefix alone
}

func (h header) size() int {
	if h.scope == ScopePrefix {
		return maxHeader
	}
	return headerSize
}

func (h header) append(b []byte) []byte {
	b = append(b, h.version)
	b = append(b, h.key[:]...)
	b = binary.BigEndian.AppendUint32(b, h.expires)
	b = append(b, h.merchant[:]...)
	b = append(b, h.scope.wire())
	if h.scope == ScopePrefix {
		b = binary.BigEndian.AppendUint16(b, h.prefix)
	}
	return b
}

// readHeader reads what at least maxHeader bytes begin with.
func readHeader(b *[maxToken]byte) header {
	h := header{
		version:  b[0],
		key:      keyID(b[1:3]),
		expires:  binary.BigEndian.Uint32(b[3:7]),
		merchant: Merchant(b[7:15]),
		scope:    scopeOf(b[15]),
	}
	if h.scope == ScopePrefix {
		h.prefix = binary.BigEndian.Uint16(b[16:18])
	}
	return h
}

// appendSigned appends what the signature is made over.
func appendSigned(b []byte, header []byte, covered string) []byte {
	b = append(b, signedPrefix...)
	b = append(b, header...)
	return append(b, covered...)
}
