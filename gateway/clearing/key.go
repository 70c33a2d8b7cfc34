package clearing

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"github.com/anyscan/anyscan/order"
)

// An orderKey names an order in every table. It is computed from the acquirer
// and its order ID, so that a repeated placement finds the same row without a
// second index, orders of different acquirers never meet, and, because it
// begins with the time in the ID, new rows go to the end of the table. It has
// the form of an order.ID.
type orderKey string

const (
	orderKeyLength  = 26
	attemptIDLength = orderKeyLength + 2
	maxNumber       = 32*32 - 1 // that two characters hold, from 1
	// Each attempt's money may have to go back, beside what the acquirer asks for: all
	// these refunds have numbers of their own.
	maxAttempts = maxNumber - order.MaxRefunds
)

// keyOf is the key of an acquirer's order; id has been validated.
func keyOf(acquirer string, id order.ID) orderKey {
	sum := sha256.Sum256([]byte("anyscan order v1\x00" + acquirer + "\x00" + string(id)))
	u := [16]byte(sum[:16])
	var milli [8]byte
	binary.BigEndian.PutUint64(milli[:], uint64(id.Time().UnixMilli()))
	copy(u[:6], milli[2:])
	u[6] = u[6]&0x0f | 0x70 // version 7, RFC 9562
	u[8] = u[8]&0x3f | 0x80
	return orderKey(base32hex(u[:]))
}

// parseOrderKey accepts what keyOf makes.
func parseOrderKey(s string) (orderKey, bool) {
	id, err := order.ParseID(s)
	return orderKey(id), err == nil
}

const base32Digits = "0123456789abcdefghijklmnopqrstuv"

// attemptID names an order's attempt at every provider: the order key and the
// attempt's number in two characters.
func attemptID(key orderKey, number int) string {
	return string(key) + string(base32Digits[number>>5&31]) + string(base32Digits[number&31])
}

// parseAttemptID accepts what attemptID makes.
func parseAttemptID(s string) (key orderKey, number int, ok bool) {
	if len(s) != attemptIDLength {
		return "", 0, false
	}
	key, ok = parseOrderKey(s[:orderKeyLength])
	high := strings.IndexByte(base32Digits, s[orderKeyLength])
	low := strings.IndexByte(base32Digits, s[orderKeyLength+1])
	number = high<<5 | low
	return key, number, ok && high >= 0 && low >= 0 && number > 0
}
