package order

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"time"
)

// An ID names an order or another record that leaves the server that made it.
// It is a UUIDv7 (RFC 9562) in 26 characters of lower-case base32hex (RFC 4648,
// no padding): it sorts by time, is safe in addresses and file names, and is
// short enough for providers, which take 32 characters at most.
type ID string

const idLength = 26

func idEncoding() *base32.Encoding {
	return base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)
}

// NewID makes an identifier for the given time, with 74 random bits.
func NewID(now time.Time) ID {
	var u [16]byte
	rand.Read(u[:]) // never fails: it ends the process instead
	return stamp(u, now.UnixMilli())
}

// stamp writes the milliseconds, version and variant of a UUIDv7 over u.
func stamp(u [16]byte, milli int64) ID {
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(milli))
	copy(u[:6], ms[2:])
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	return ID(idEncoding().EncodeToString(u[:]))
}

// ParseID checks that s is an identifier as [NewID] makes them. The error says
// what an identifier looks like.
func ParseID(s string) (ID, error) {
	if _, err := decodeID(s); err != nil {
		return "", err
	}
	return ID(s), nil
}

func decodeID(s string) (u [16]byte, err error) {
	bad := fmt.Errorf("%.40q is not an identifier: want a UUIDv7 as %d characters of lower-case base32hex", s, idLength)
	if len(s) != idLength {
		return u, bad
	}
	raw, err := idEncoding().DecodeString(s)
	if err != nil || idEncoding().EncodeToString(raw) != s || raw[6]>>4 != 7 || raw[8]>>6 != 2 {
		return u, bad
	}
	return [16]byte(raw), nil
}

// Time is the moment in the identifier, to the millisecond; zero when id is
// not an identifier.
func (id ID) Time() time.Time {
	u, err := decodeID(string(id))
	if err != nil {
		return time.Time{}
	}
	var ms [8]byte
	copy(ms[2:], u[:6])
	return time.UnixMilli(int64(binary.BigEndian.Uint64(ms[:]))).UTC()
}
