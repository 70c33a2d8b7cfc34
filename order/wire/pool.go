package wire

import (
	"context"
	"net"
	"net/http"
	"time"
)

// NewPool is an HTTP transport for many calls to few hosts: it keeps up to 64
// idle connections to each, where the standard library's default keeps two and
// opens a new one for every call beyond them. Every wait ends: for a connection
// after 10 seconds (with nil), for TLS after 10, for an answer to begin after 30;
// for a whole call set the http.Client's Timeout. Dial opens connections; nil is
// a net.Dialer. Change it as you like before its first use.
func NewPool(dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Transport {
	if dial == nil {
		dial = (&net.Dialer{Timeout: 10 * time.Second}).DialContext
	}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dial,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
	}
}
