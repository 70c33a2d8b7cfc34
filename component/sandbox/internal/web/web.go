// Package web is what the parties of the sandbox share of HTTP: addresses that
// may be opened, exchanges that end, bodies with a limit, strict JSON, and
// errors that cross the wire.
package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
)

const (
	limit      = 16 << 10 // bytes of a body
	maxAddress = 2048     // bytes
	patience   = 10 * time.Second
	letters    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)

// Base checks the address of a wallet company's server and returns it in lower
// case up to its path and without a slash at its end, so that paths can be
// appended.
func Base(address string) (string, error) {
	u, err := Parse(address)
	if err != nil {
		return "", err
	}
	clean := strings.TrimRight(u.Path, "/")
	if strings.Contains(address, "?") || clean != "" && clean != path.Clean(clean) || strings.Trim(clean, letters+"/._-") != "" {
		return "", fmt.Errorf("%.80q is more than scheme, host and a plain path", address)
	}
	return u.Scheme + "://" + strings.ToLower(u.Host) + clean, nil
}

// Parse reads an address that a browser or program may be sent to: http or
// https, a plain host, no user and no fragment. The host's alphabet is narrow
// because it becomes part of a Content-Security-Policy.
func Parse(address string) (*url.URL, error) {
	if len(address) > maxAddress {
		return nil, fmt.Errorf("has %d bytes: at most %d", len(address), maxAddress)
	}
	if strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, fmt.Errorf("%.80q holds characters that an address cannot have", address)
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%.80q is not an address", address)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%.80q does not begin with https:// or http://", address)
	case u.Hostname() == "" || strings.Trim(u.Host, letters+"-.:[]") != "":
		return nil, fmt.Errorf("%.80q has no plain host", address)
	case u.User != nil || strings.Contains(address, "#"):
		return nil, fmt.Errorf("%.80q has a user or a fragment", address)
	}
	return u, nil
}

// Client is c, or a new client, as one that takes a redirect for an answer:
// signatures and secrets of an address are not carried elsewhere.
func Client(c *http.Client) *http.Client {
	own := http.Client{Timeout: patience}
	if c != nil {
		own = *c
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// Answer is a response that was read to its end.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends the request. The error, an *order.Error with CodeUnavailable, says
// that there was no whole answer, or one that is too long.
func Do(c *http.Client, r *http.Request) (Answer, error) {
	resp, err := c.Do(r)
	if err != nil {
		return Answer{}, &order.Error{Code: order.CodeUnavailable, Detail: "there was no answer", Err: err}
	}
	defer resp.Body.Close()
	body, err := Read(resp.Body)
	if err != nil {
		return Answer{}, &order.Error{Code: order.CodeUnavailable, Detail: "the answer could not be read", Err: err}
	}
	return Answer{resp.StatusCode, resp.Header, body}, nil
}

// Read reads a body to its end.
func Read(body io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, &order.Error{Code: order.CodeUnavailable, Detail: "the body broke off", Err: err}
	}
	return data, Fits(data)
}

// Fits reports data that is longer than a body may be.
func Fits(data []byte) error {
	if len(data) > limit {
		return order.Errorf(order.CodeTooLarge, "", "the body has more than %d bytes", limit)
	}
	return nil
}

// Decode reads one JSON value that has a place in v for everything it says.
func Decode(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		if _, end := dec.Token(); end != io.EOF {
			err = fmt.Errorf("something follows the JSON value")
		}
	}
	if err != nil {
		return &order.Error{Code: order.CodeInvalid, Detail: "the body is not the JSON that is expected here", Err: err}
	}
	return nil
}
