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
