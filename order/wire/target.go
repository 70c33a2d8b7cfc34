package wire

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// parseBase checks the public address of a server and returns it without a
// slash at its end.
func parseBase(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("the public address is not a URL: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("the public address is %q: want http or https and a host", base)
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return "", fmt.Errorf("the public address is %q: want no user, query or fragment", base)
	}
	return origin(u.Scheme, u.Host) + strings.TrimSuffix(u.EscapedPath(), "/"), nil
}

// origin writes scheme and host in the one way that both sides sign: in lower
// case, without the scheme's own port (RFC 9421 section 2.2.3).
func origin(scheme, host string) string {
	scheme, host = strings.ToLower(scheme), strings.ToLower(host)
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return scheme + "://" + host
}

// receivedTarget is what comes after the base, the public address as parseBase
// returns it, in @target-uri for who receives r. What the request says of its
// host plays no part.
func receivedTarget(r *http.Request) (string, error) {
	target := r.RequestURI
	if target == "" {
		target = r.URL.RequestURI()
	}
	if !strings.HasPrefix(target, "/") {
		return "", signatureError("@target-uri", "has the request target %.80q: want a path", target)
	}
	return target, nil
}

// sentTarget is @target-uri for who sends req.
func sentTarget(req *http.Request) (string, error) {
	if req.URL == nil || req.URL.Scheme == "" || req.URL.Host == "" || req.URL.Opaque != "" {
		return "", errors.New("the address is not one with scheme, host and path")
	}
	return origin(req.URL.Scheme, cmp.Or(req.Host, req.URL.Host)) + req.URL.RequestURI(), nil
}
