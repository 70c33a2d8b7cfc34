package wire_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order/wire"
)

// A plain server and a plain client, without a socket.
func ExampleNetwork() {
	network := wire.NewNetwork()
	listener, err := network.Listen("acquirer.localhost:80")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "this is %s", r.Host)
	})}
	go server.Serve(listener)
	defer server.Close()

	client := &http.Client{Transport: network.Transport()}
	defer client.CloseIdleConnections()
	resp, err := client.Get("http://acquirer.localhost/")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)

	_, err = client.Get("http://nobody.localhost/")
	fmt.Println(err)
	// Output:
	// 200 OK
	// Get "http://nobody.localhost/": wire: dial "nobody.localhost:80": nobody listens there in this network
}

// A test lets the answer to a payment get lost: the server acted, the client does
// not know, and asks again under the same key.
func ExampleNetwork_Disturb() {
	network := wire.NewNetwork()
	listener, err := network.Listen("pay.localhost:80")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("the server acts on", r.Header.Get("Idempotency-Key"))
	})}
	go server.Serve(listener)
	defer server.Close()

	network.Disturb(func(m wire.Message) wire.Fault {
		return wire.Fault{CutAnswer: m.Number == 1 && m.Path == "/v1/orders"}
	})
	client := &http.Client{Transport: network.Transport()}
	defer client.CloseIdleConnections()
	for range 2 {
		req, _ := http.NewRequest("POST", "http://pay.localhost/v1/orders", strings.NewReader("{}"))
		wire.SetIdempotencyKey(req, "order-1")
		resp, err := client.Do(req)
		if err != nil {
			fmt.Println("no answer:", err)
			continue
		}
		resp.Body.Close()
		fmt.Println(resp.Status)
	}
	// Output:
	// the server acts on "order-1"
	// no answer: Post "http://pay.localhost/v1/orders": EOF
	// the server acts on "order-1"
	// 200 OK
}

// A development client reaches every role on this machine and nothing beyond.
func ExampleDialLocalhost() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	defer server.Close()
	port := server.URL[strings.LastIndex(server.URL, ":"):]

	client := &http.Client{Transport: &http.Transport{DialContext: wire.DialLocalhost(nil)}}
	resp, err := client.Get("http://acquirer.localhost" + port)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)

	_, err = client.Get("http://example.com/")
	fmt.Println(err)
	// Output:
	// 200 OK
	// Get "http://example.com/": wire: dial "example.com:80": is not below .localhost, and nothing else may be dialed here
}

// A client for many calls to few hosts.
func ExampleNewPool() {
	pool := wire.NewPool(nil)
	client := &http.Client{Transport: pool, Timeout: 15 * time.Second}
	defer client.CloseIdleConnections()
	fmt.Println(pool.MaxIdleConnsPerHost, pool.TLSHandshakeTimeout, pool.ResponseHeaderTimeout)
	// Output:
	// 64 10s 30s
}
