package domaindb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"time"

	"github.com/anyscan/anyscan/verify"
)

// The file, all numbers little-endian:
//
//	header   128 bytes: magic 16, format 4, zero 4, version 8, fresh until 8 (Unix
//	         seconds), seed 8, names 8, buckets 8, bytes of names 8, zero
//	index    4 bytes for each bucket, where it begins, and for the end of the last
//	names    bucket by bucket: the length, 1 to 253, and that many bytes; before the
//	         length of a name that has not just a rule for itself and all below it,
//	         254 (that host alone) or 255 and the kinds of rules as a bit set
//	trailer  the signing key's thumbprint 32, bytes of the signature 2, signature
const (
	magic      = "anyscan domains\n"
	format     = 1
	headerSize = 128

	perBucket    = 4 // names, on average
	mostInBucket = 64
	mostBytes    = 1<<32 - 1 // of names: what the index can say

	markExact = 254
	markKinds = 255

	thumbprintSize = 32
	trailerSize    = thumbprintSize + 2
	maxSignature   = 512

	// signedPrefix keeps a signature made for anything else from passing as one
	// for a file.
	signedPrefix = "anyscan domain file v1\x00"
)

// header is the beginning of a file.
type header struct {
	version uint64
	fresh   int64
	seed    uint64
	names   uint64
	buckets uint64
	bytes   uint64
}

func (h header) append(b []byte) []byte {
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint64(b, format)
	b = binary.LittleEndian.AppendUint64(b, h.version)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.fresh))
	for _, n := range []uint64{h.seed, h.names, h.buckets, h.bytes} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return append(b, make([]byte, headerSize-72)...)
}

func readHeader(b []byte) (h header, err error) {
	if len(b) < headerSize || string(b[:len(magic)]) != magic {
		return h, errors.New("is no file of legal domains")
	}
	number := func(at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
	if f := number(16); f != format {
		return h, fmt.Errorf("has the format %d: this program reads %d", f, format)
	}
	h = header{number(24), int64(number(32)), number(40), number(48), number(56), number(64)}
	if h.buckets == 0 || h.buckets > mostBytes || h.bytes > mostBytes || h.names == 0 || h.names > h.bytes {
		return h, errors.New("has a header that contradicts itself")
	}
	return h, nil
}

func (h header) index() int64  { return headerSize }
func (h header) blob() int64   { return headerSize + 4*int64(h.buckets+1) }
func (h header) signed() int64 { return h.blob() + int64(h.bytes) }

func (h header) info() Info {
	return Info{Version: h.version, FreshUntil: time.Unix(h.fresh, 0).UTC(), Names: int(h.names), Bytes: h.signed()}
}

// hash spreads names over buckets. It need not be secure: an equal hash is never
// taken for an equal name.
func hash(seed uint64, name string) uint64 {
	const k0, k1, k2 = 0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb
	h := seed ^ uint64(len(name))*k0
	for ; len(name) >= 8; name = name[8:] {
		h = mix(h^load8(name), k1)
	}
	var tail uint64
	for i := range len(name) {
		tail |= uint64(name[i]) << (8 * i)
	}
	return mix(h^tail, k2)
}

func load8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

func bucketOf(h, buckets uint64) uint64 {
	n, _ := bits.Mul64(h, buckets)
	return n
}

// entry is the first name in a bucket, and what follows it.
func entry(b []byte) (name []byte, kind verify.RuleKind, rest []byte, ok bool) {
	kind = verify.RuleDomain
	switch b[0] {
	case markExact:
		kind, b = verify.RuleExact, b[1:]
	case markKinds:
		if len(b) < 2 {
			return nil, 0, nil, false
		}
		kind, b = verify.RuleKind(b[1]), b[2:]
	}
	if len(b) == 0 || len(b) < 1+int(b[0]) {
		return nil, 0, nil, false
	}
	n := 1 + int(b[0])
	return b[1:n], kind, b[n:], true
}

func appendEntry(b []byte, name string, kind verify.RuleKind) []byte {
	switch kind {
	case verify.RuleDomain:
	case verify.RuleExact:
		b = append(b, markExact)
	default:
		b = append(b, markKinds, byte(kind))
	}
	return append(append(b, byte(len(name))), name...)
}
