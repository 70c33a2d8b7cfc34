package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/anyscan/anyscan/internal/public"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

const maxAnswer = 4 << 10 // bytes of an answer that are read, to keep its connection

// outcome is how a try went.
type outcome struct {
	at     time.Time
	took   time.Duration
	status int            // 0 for none
	word   order.TryError // "" for taken
	asked  time.Duration  // by Retry-After
}

// newTransport connects to public addresses alone, see [public.Dialer], and with
// development to names below localhost.
func newTransport(development bool) *http.Transport {
	dial := public.Dialer().DialContext
	if development {
		dial = wire.DialLocalhost(public.Dialer())
	}
	return &http.Transport{
		Proxy:                  nil, // one would connect in our place, to anywhere
		DialContext:            dial,
		ForceAttemptHTTP2:      true,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 16 << 10,
		DisableCompression:     true,
	}
}

func newClient(o Options) *http.Client {
	transport := o.Transport
	if transport == nil {
		transport = newTransport(o.Development)
	}
	return &http.Client{Transport: transport, Timeout: o.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}

// send makes one try.
func (d *Dispatcher) send(ctx context.Context, row delivery, e endpoint) (out outcome) {
	out.at = d.now()
	start := time.Now() // of the process: the configured clock may stand
	defer func() { out.took = time.Since(start) }()
	headers, ok := d.keys().sign(e.id, row.id, out.at, row.body, e.signing(out.at))
	if !ok {
		out.word = order.TrySecret
		return out
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.address, bytes.NewReader(row.body))
	if err != nil {
		out.word = order.TryAddress
		return out
	}
	req.Header = headers
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "anyscan-webhook")
	resp, err := d.client.Do(req)
	if err != nil {
		out.word = wordOf(err)
		return out
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)) // the status alone counts
	out.status, out.word = resp.StatusCode, judge(resp.StatusCode)
	if out.word != "" {
		out.asked = retryAfter(resp.Header, out.at)
	}
	return out
}

// judge is what a status means for a delivery.
func judge(status int) order.TryError {
	switch {
	case status >= 200 && status <= 299:
		return ""
	case status >= 300 && status <= 399:
		return order.TryRedirect
	case status == http.StatusGone:
		return order.TryGone
	case status == http.StatusTooManyRequests, status == http.StatusBadGateway,
		status == http.StatusServiceUnavailable, status == http.StatusGatewayTimeout:
		return order.TryThrottled
	}
	return order.TryStatus
}

// wordOf is the word for a try without an answer.
func wordOf(err error) order.TryError {
	if _, ok := errors.AsType[*public.Error](err); ok {
		return order.TryAddress
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return order.TryLookup // before the time-out, which may be the name server's
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return order.TryTimeout
	}
	if isTLS(err) {
		return order.TryTLS
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return order.TryConnect
	}
	return order.TryBroken
}

// isTLS reports whether the certificate or the handshake failed, on either side: with
// TLS 1.3 the merchant's server may refuse a client certificate, or that there is none,
// as late as where its answer is read; with HTTP/2 that may look like a broken
// connection. The package crypto/tls has no types for most of it, an alert of the
// other side among it, but all of it says "tls: " first.
func isTLS(err error) bool {
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		if strings.HasPrefix(cause.Error(), "tls: ") {
			return true
		}
	}
	return errors.Is(err, http.ErrSchemeMismatch)
}
