package webhook_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/gateway/webhook"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// Whichever side refuses, and in whichever step of whichever version, it is TLS that
// failed, and not a connection that broke.
func TestTLSThatFailsIsCalledSo(t *testing.T) {
	lender := httptest.NewUnstartedServer(nil) // of its certificate
	lender.StartTLS()
	defer lender.Close()
	known := x509.NewCertPool()
	known.AddCert(lender.Certificate())
	spoilt := lender.TLS.Certificates[0]
	spoilt.Certificate = [][]byte{[]byte("no certificate")}
	client := func(*tls.Config) {}
	// With TLS 1.3 a client learns after its own handshake that its certificate was
	// refused. Where HTTP/2 is writing by then, what is read may be lost.
	late := map[string]bool{"a client certificate is wanted": true, "the client certificate is not believed": true}
	for name, c := range map[string]struct {
		server func(*tls.Config)
		client func(*tls.Config)
		want   order.TryError
	}{
		"nothing is wrong":                 {func(*tls.Config) {}, client, ""},
		"a client certificate is wanted":   {func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }, client, order.TryTLS},
		"a client certificate is wanted 2": {func(c *tls.Config) { c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12 }, client, order.TryTLS},
		"the client certificate is not believed": {func(c *tls.Config) { c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool() },
			func(c *tls.Config) { c.Certificates = lender.TLS.Certificates }, order.TryTLS},
		"an old version":                    {func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 }, client, order.TryTLS},
		"an unknown authority":              {func(*tls.Config) {}, func(c *tls.Config) { c.RootCAs = x509.NewCertPool() }, order.TryTLS},
		"another name":                      {func(*tls.Config) {}, func(c *tls.Config) { c.ServerName = "elsewhere.test" }, order.TryTLS},
		"a certificate that is out of date": {func(*tls.Config) {}, func(c *tls.Config) { c.Time = func() time.Time { return time.Unix(4e9, 0) } }, order.TryTLS},
		"a certificate that cannot be read": {instead(&tls.Config{Certificates: []tls.Certificate{spoilt}}), client, order.TryTLS},
		"no certificate at all":             {instead(&tls.Config{}), client, order.TryTLS},
	} {
		for _, http2 := range []bool{false, true} {
			if http2 && late[name] {
				continue
			}
			t.Run(fmt.Sprintf("%s, HTTP/2 %t", name, http2), func(t *testing.T) {
				server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
				server.Config.ErrorLog = log.New(io.Discard, "", 0)
				server.EnableHTTP2 = http2
				server.TLS = &tls.Config{Certificates: lender.TLS.Certificates}
				c.server(server.TLS)
				server.StartTLS()
				defer server.Close()
				calls := &tls.Config{RootCAs: known, ServerName: "example.com"}
				c.client(calls)
				transport := &http.Transport{TLSClientConfig: calls, ForceAttemptHTTP2: http2, DialContext: wire.DialLocalhost(nil)}
				defer transport.CloseIdleConnections()
				l := newIdle(t, openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Development: true, Transport: transport})
				l.endpoint("north", fmt.Sprintf("https://m.localhost:%s/", portOf(server.Listener.Addr())))
				l.owe("north")
				if err := gatewaytest.Drain(l.store, time.Now, l.Run)(t.Context()); err != nil {
					t.Fatal(err)
				}
				if try := l.deliveries("north")[0].Tries[0]; try.Error != c.want || (c.want == "") != (try.Status == 200) {
					t.Errorf("the try is %+v, want the error %q", try, c.want)
				}
			})
		}
	}
}

// instead has the server take the configuration for every client.
func instead(c *tls.Config) func(*tls.Config) {
	return func(server *tls.Config) {
		server.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return c, nil }
	}
}
