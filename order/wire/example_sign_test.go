package wire_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// exampleKey is a private key as no real one may be made.
func exampleKey(seed string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(seed, ed25519.SeedSize)))
}

// The identifier of a key is computed from it: nobody has to give it one.
func ExampleKeyID() {
	id, err := wire.KeyID(exampleKey("a").Public())
	fmt.Println(id, err)
	// Output: BVUs4Do-_4da3XUlteJz7dV_YdOAtK3sQp185l2j-MY <nil>
}

func ExampleNewKeys() {
	keys, err := wire.NewKeys(exampleKey("a").Public(), exampleKey("b").Public())
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = keys.Key(context.Background(), "of somebody else")
	fmt.Println(errors.Is(err, order.CodeNotFound))
	// Output: true
}

// What an acquirer sends to a gateway.
func ExampleSigner_SignRequest() {
	signer, err := wire.NewSigner(exampleKey("a"), &wire.Options{
		Now: func() time.Time { return time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	req := httptest.NewRequest("POST", "https://gateway.example/orders", strings.NewReader("{}"))
	req.Header.Set("Content-Type", "application/json")
	wire.SetIdempotencyKey(req, "8e03978e-40d5")
	if err := signer.SignRequest(req); err != nil {
		fmt.Println(err)
	}
	for _, name := range []string{"Content-Digest", "Signature-Input", "Signature"} {
		fmt.Println(name+":", req.Header.Get(name))
	}
	// Output:
	// Content-Digest: sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:
	// Signature-Input: sig1=("@method" "@target-uri" "content-digest" "content-type" "idempotency-key");created=1767366245;keyid="BVUs4Do-_4da3XUlteJz7dV_YdOAtK3sQp185l2j-MY";tag="anyscan"
	// Signature: sig1=:2Kq8MWXgeB5AtUujFyixCZciSG8Ix0d2+F398GEzdrz7LDFpU72eyrnAFb3jN4wblZ453SXVo5lI7adRh5PDAA==:
}

func ExampleVerifyRequest() {
	signer, _ := wire.NewSigner(exampleKey("a"), nil)
	keys, _ := wire.NewKeys(exampleKey("a").Public())
	req, _ := http.NewRequest("POST", "https://gateway.example/orders", strings.NewReader("{}"))
	req.Header.Set("Content-Type", "application/json")
	signer.SignRequest(req)

	_, err := wire.VerifyRequest(req, "https://gateway.example", keys, nil)
	fmt.Println(err)

	// Another server cannot be made to take it.
	_, err = wire.VerifyRequest(req, "https://other.example", keys, nil)
	fmt.Println(order.CodeOf(err))
	reason, _ := errors.AsType[*wire.SignatureError](err)
	fmt.Println(reason.Part, reason.Reason)
	// Output:
	// <nil>
	// unauthenticated
	// @target-uri was signed as "https://gateway.example/orders", but here it is "https://other.example/orders"
}

func ExampleVerifyResponse() {
	signer, _ := wire.NewSigner(exampleKey("a"), nil)
	keys, _ := wire.NewKeys(exampleKey("a").Public())
	req, _ := http.NewRequest("GET", "https://gateway.example/orders/1", nil)
	signer.SignRequest(req)

	resp := &http.Response{StatusCode: 204, Header: http.Header{}, Body: http.NoBody}
	signer.SignResponse(resp.Header, 204, nil, req)
	_, err := wire.VerifyResponse(resp, req, keys, nil)
	fmt.Println(err)

	// The same answer does not fit another request.
	other, _ := http.NewRequest("GET", "https://gateway.example/orders/2", nil)
	signer.SignRequest(other)
	_, err = wire.VerifyResponse(resp, other, keys, nil)
	fmt.Println(order.CodeOf(err))
	// Output:
	// <nil>
	// unavailable
}

// Two servers that know each other's keys, in a network of their own.
func ExampleNewTransport() {
	acquirer, gateway := exampleKey("a"), exampleKey("g")
	network := wire.NewNetwork()
	stop := serveGateway(network, gateway, acquirer.Public())
	defer stop()

	signer, _ := wire.NewSigner(acquirer, nil)
	keys, _ := wire.NewKeys(gateway.Public())
	client := &http.Client{Transport: wire.NewTransport(network.Transport(), signer, keys, nil)}
	defer client.CloseIdleConnections()

	resp, err := client.Get("http://gateway.localhost/orders/1")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	var status string
	err = wire.DecodeResponse(resp, 1<<10, &status)
	fmt.Println(status, err)
	// Output: paid <nil>
}

// serveGateway answers the acquirer with this key, and nobody else.
func serveGateway(network *wire.Network, key crypto.Signer, acquirer crypto.PublicKey) (stop func() error) {
	signer, _ := wire.NewSigner(key, nil)
	keys, _ := wire.NewKeys(acquirer)
	handler, err := wire.NewHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wire.Encode(w, http.StatusOK, "paid")
	}), "http://gateway.localhost", signer, keys, nil)
	if err != nil {
		fmt.Println(err)
	}
	listener, err := network.Listen("gateway.localhost:80")
	if err != nil {
		fmt.Println(err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go server.Serve(listener)
	return server.Close
}

// A handler learns who called from the key that signed the request.
func ExampleNewHandler() {
	key := exampleKey("a")
	signer, _ := wire.NewSigner(key, nil)
	keys, _ := wire.NewKeys(key.Public())
	handler, err := wire.NewHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, ok := wire.Caller(r.Context())
		fmt.Println(caller, ok)
	}), "https://gateway.example", signer, keys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	req := httptest.NewRequest("GET", "/orders/1", nil)
	req.URL.Scheme, req.URL.Host, req.Host = "https", "gateway.example", ""
	signer.SignRequest(req)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, req)
	fmt.Println(w.Code, strings.Contains(w.Header().Get("Signature-Input"), "@status"))
	// Output:
	// BVUs4Do-_4da3XUlteJz7dV_YdOAtK3sQp185l2j-MY true
	// 200 true
}
