package gatewayhttp_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/order/wire"
)

// A server limits what one caller may ask, and finishes what is under way when it
// is told to end.
func ExampleServe() {
	signer, _ := wire.NewSigner(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{'g'}, ed25519.SeedSize)), nil)
	nobody, _ := wire.NewKeys()
	handler, err := gatewayhttp.NewHandler(till{}, "http://pay.localhost", directory{Keys: nobody}, signer,
		&gatewayhttp.Options{Limits: gatewayhttp.Limits{PerAddress: wire.Limit{PerSecond: 1.0 / 60, Burst: 2}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	network := wire.NewNetwork()
	listener, _ := network.Listen("pay.localhost:80")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error)
	go func() {
		ended <- gatewayhttp.Serve(ctx, listener, gatewayhttp.Server(handler, slog.Default()), 10*time.Second)
	}()

	client := &http.Client{Transport: network.Transport()}
	for range 3 {
		resp, err := client.Get("http://pay.localhost/nowhere")
		if err != nil {
			fmt.Println(err)
			return
		}
		resp.Body.Close()
		fmt.Println(resp.Status, resp.Header.Get("Retry-After") != "")
	}
	cancel()
	fmt.Println(<-ended)
	// Output:
	// 404 Not Found false
	// 404 Not Found false
	// 429 Too Many Requests true
	// <nil>
}
