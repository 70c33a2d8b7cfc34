package wire_test

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/anyscan/anyscan/order/wire"
)

// A caller with a TLS client certificate signs nothing: a plain transport is all
// that its client needs, and a registered key all that the server knows of it.
func ExampleNewHandler_clientCertificate() {
	key := exampleKey("t")
	tlsKeys, _ := wire.NewKeys(key.Public())
	signer, _ := wire.NewSigner(exampleKey("g"), nil)
	signatures, _ := wire.NewKeys() // nobody signs here

	server := httptest.NewUnstartedServer(nil)
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	base := "https://" + server.Listener.Addr().String()
	handler, err := wire.NewHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keyID, _ := wire.Caller(r.Context())
		fmt.Println(keyID, wire.CallerByTLS(r.Context()))
	}), base, signer, signatures, &wire.Options{TLSKeys: tlsKeys})
	if err != nil {
		fmt.Println(err)
		return
	}
	server.Config.Handler = handler
	server.StartTLS()
	defer server.Close()

	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		fmt.Println(err)
		return
	}
	client := server.Client() // it knows the server's certificate
	client.Transport.(*http.Transport).TLSClientConfig.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
	resp, err := client.Get(base + "/orders/1")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.StatusCode)
	// Output:
	// 6cR8zTARnaTiaLZEVwYYzJ09EFcVXU4-nrwFvKubL5M true
	// 200
}
