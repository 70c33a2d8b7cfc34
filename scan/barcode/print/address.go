package print

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/anyscan/anyscan/scan/barcode"
)

// Address makes the QR code of an address as [QR] does, in the spelling that takes
// the fewest modules. Scheme and host have no case (RFC 3986, section 6.2.2.1), and
// a QR code holds capitals, digits and $%*+-./: in five and a half bits each instead
// of eight; where that makes the code smaller, scheme and host are written in
// capitals. Only those of http and https are: some systems compare the schemes of
// apps letter by letter. A path has case and stays as it is: with a signature in
// capitals in the path (verify.Claims.InPath) the whole address can be written so,
// and the code is one version smaller than with a signature in its query.
//
// Errors: as those of QR; *TextError also where the text is no address of a host.
func Address(address string, opts *Options) (*Code, error) {
	capitals, err := capitalHost(address)
	if err != nil {
		return nil, err
	}
	code, err := encodeQR(address, opts)
	if err != nil {
		return nil, err
	}
	if small, err := encodeQR(capitals, opts); err == nil && small.Size().X < code.Size().X {
		code = small
	}
	return code.proven(barcode.QR)
}

// capitalHost is the address with scheme and host in capitals, if it is one of the web.
func capitalHost(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || u.Hostname() == "" || u.User != nil {
		return "", &TextError{barcode.QR, "the text is not an address with a scheme and a host, and without a user: https://shop.example/c/7Q2M is one"}
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return address, nil
	}
	end := len(u.Scheme) + len("://") + len(u.Host)
	if end > len(address) || !strings.EqualFold(address[:end], u.Scheme+"://"+u.Host) || strings.ContainsFunc(u.Host, beyondASCII) {
		return address, nil // escapes have a length of their own, and other letters rules of their own
	}
	return strings.ToUpper(address[:end]) + address[end:], nil
}

func beyondASCII(r rune) bool { return r > unicode.MaxASCII }
