package webhook

import (
	"strings"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/verify"
)

// CheckAddress reports an address that webhooks are not sent to by its form: one
// that is not https, has a user name or a fragment, or names its host by number,
// without a dot, or below a name that is never public. With development, plain
// http is good for names below localhost, and for these alone.
//
// What a name leads to is found out each time a connection is made. The error
// has [order.CodeInvalid] and its problem the path /address.
func CheckAddress(address string, development bool) error {
	detail := ""
	parsed, err := verify.Parse(address, &verify.Options{Development: development})
	switch {
	case err != nil:
		detail = err.Error()
	case parsed.Fragment() != "" || strings.Contains(address, "#"):
		detail = "has a fragment: leave it out"
	case neverPublic(parsed.Host()):
		detail = "has a host that is not on the public internet"
	default:
		return nil
	}
	return &order.Error{Code: order.CodeInvalid, Op: "webhook.CheckAddress",
		Detail:   "webhooks are not sent to such an address: want https://host/path on the public internet",
		Problems: []order.Problem{{Path: "/address", Detail: detail}}}
}

// neverPublic reports a name that is resolved on a local network alone: RFC 6762
// (local), RFC 8375 (home.arpa), ICANN's resolution 2024.07.29.06 (internal), and
// that of Tor (RFC 7686).
func neverPublic(host string) bool {
	for _, name := range []string{"local", "internal", "home.arpa", "onion"} {
		if host == name || strings.HasSuffix(host, "."+name) {
			return true
		}
	}
	return false
}
