package webtest

import (
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
)

// ServeTLS serves the handler that it makes for the server's own address on a TLS
// socket on loopback, which asks for client certificates. The transport is a plain
// one with a certificate of the key.
func ServeTLS(t testing.TB, key crypto.Signer, handler func(base string) http.Handler) (base string, transport *http.Transport) {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(nil)
	base = "https://" + s.Listener.Addr().String()
	s.Config.Handler = handler(base)
	s.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	s.StartTLS()
	t.Cleanup(s.Close)
	transport = s.Client().Transport.(*http.Transport)
	transport.TLSClientConfig.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
	return base, transport
}
