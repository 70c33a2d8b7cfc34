package wechatpay

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The headers that WeChat Pay signs answers and notifications with.
const (
	headerSignature = "Wechatpay-Signature"
	headerSerial    = "Wechatpay-Serial"
	headerTimestamp = "Wechatpay-Timestamp"
	headerNonce     = "Wechatpay-Nonce"
	headerType      = "Wechatpay-Signature-Type"
)

// window is how far WeChat Pay's clock may be from ours, before and after.
const window = 5 * time.Minute

const maxHeader = 4 << 10 // bytes

// stamped is the headers of an answer or a notification that sign it.
type stamped struct {
	signature, serial, timestamp, nonce string
}

// readStamped finds the headers. A header that stands twice could be verified in one
// place and read in the other.
func readStamped(header map[string][]string) (s stamped, err error) {
	for name, to := range map[string]*string{
		headerSignature: &s.signature, headerSerial: &s.serial, headerTimestamp: &s.timestamp, headerNonce: &s.nonce,
	} {
		values := header[name]
		switch {
		case len(values) > 1:
			return s, fmt.Errorf("the header %s stands there twice", name)
		case len(values) == 0 || values[0] == "":
			return s, fmt.Errorf("the header %s is missing: was it dropped on the way?", name)
		case len(values[0]) > maxHeader || strings.ContainsAny(values[0], "\r\n"):
			return s, fmt.Errorf("the header %s is not one line of %d bytes at most", name, maxHeader)
		}
		*to = values[0]
	}
	if kind := header[headerType]; len(kind) > 0 && kind[0] != "" && kind[0] != scheme {
		return s, fmt.Errorf("the %s is %.60q: want %s", headerType, kind[0], scheme)
	}
	return s, nil
}

// authentic checks WeChat Pay's signature over the very bytes of a body, by the key
// that the serial names and no other.
func (c *Component) authentic(header map[string][]string, body []byte) error {
	s, err := readStamped(header)
	if err != nil {
		return err
	}
	if strings.HasPrefix(s.signature, "WECHATPAY/SIGNTEST/") {
		return errors.New("the signature is a probe (签名探测流量), with which WeChat Pay finds out who does not verify")
	}
	now := c.options.Now()
	if err := timely(s.timestamp, now); err != nil {
		return err
	}
	key, ok := c.keys[normal(s.serial)]
	switch {
	case !ok:
		return fmt.Errorf("the %s %.140q is not known: this component has %s", headerSerial, s.serial, c.keys.serials())
	case !key.until.IsZero() && now.After(key.until):
		return fmt.Errorf("the certificate %s is good until %s: want WeChat Pay's next one, or its public key", normal(s.serial), key.until.UTC().Format(time.DateTime))
	}
	raw, err := decodeSignature(s.signature)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(text(s.timestamp, s.nonce, string(body))))
	if rsa.VerifyPKCS1v15(key.PublicKey, crypto.SHA256, sum[:], raw) != nil {
		return c.keys.explain(s, raw, body)
	}
	return nil
}

// timely refuses what is old enough to be a replay, or comes before its time.
func timely(stamp string, now time.Time) error {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	switch {
	case err != nil || seconds < 0:
		return fmt.Errorf("the %s %.40q is not a time in seconds", headerTimestamp, stamp)
	case seconds > 1e11:
		return fmt.Errorf("the %s %.40q is not a time in seconds: is it in milliseconds?", headerTimestamp, stamp)
	}
	switch ahead := time.Unix(seconds, 0).Sub(now).Truncate(time.Second); {
	case ahead > window:
		return fmt.Errorf("the %s is %s ahead of this machine's clock: is the clock wrong?", headerTimestamp, ahead)
	case ahead < -window:
		return fmt.Errorf("the %s is %s old: a replay, or the clock is wrong", headerTimestamp, -ahead)
	}
	return nil
}

func decodeSignature(signature string) ([]byte, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(signature)
	switch {
	case err == nil && len(raw) <= maxBits/8:
		return raw, nil
	case strings.Contains(signature, " "):
		return nil, errors.New("the signature has spaces where base64 has +: it was decoded as a form")
	case strings.ContainsAny(signature, "-_"):
		return nil, errors.New("the signature is in the base64 of addresses, with - and _: want the standard one, with + and /")
	}
	return nil, errors.New("the signature is not base64")
}
