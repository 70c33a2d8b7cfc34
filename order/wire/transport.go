package wire

import "net/http"

// Transport signs every request and verifies every response, for clients that
// are servers themselves. What it returns was signed by a peer as the answer to
// this very request, redirects and errors included, and was read to its end.
// Make one with [NewTransport] and use it for all calls to a peer: it keeps
// connections.
//
// Use it in an http.Client. Errors of the round trip itself are those of the
// base transport; the others are *[order.Error] as [Signer.SignRequest] and
// [VerifyResponse] describe them.
type Transport struct {
	base   http.RoundTripper
	signer *Signer
	keys   Keys
	o      *Options
}

var _ http.RoundTripper = (*Transport)(nil)

// NewTransport signs with the signer and takes answers signed with one of the
// peer's keys; a secret that the signer has is one of them. Base carries the
// messages; nil is a [NewPool].
func NewTransport(base http.RoundTripper, signer *Signer, keys Keys, o *Options) *Transport {
	if base == nil {
		base = NewPool(nil)
	}
	return &Transport{base: base, signer: signer, keys: keys, o: o}
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	sent := req.Clone(req.Context())
	sent.Header.Set("Accept-Encoding", "identity") // the digest is of the bytes as they travel
	if err := t.signer.SignRequest(sent); err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	resp, err := t.base.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	if _, err := VerifyResponse(resp, sent, t.keys, t.o); err != nil {
		resp.Body.Close()
		return nil, err
	}
	resp.Request = req
	return resp, nil
}

// CloseIdleConnections closes the connections that the base transport keeps.
func (t *Transport) CloseIdleConnections() {
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
