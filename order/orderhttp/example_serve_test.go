package orderhttp_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/wire"
)

// A server limits what one caller may ask, and finishes what is under way when it
// is told to end.
func ExampleServe() {
	signer, _ := exampleKey('a')
	_, gatewayKeys := exampleKey('g')
	handler, err := orderhttp.NewHandler(busker{}, "http://acquirer.localhost", "http://pay.localhost",
		gatewayKeys, signer, bytes.Repeat([]byte{'f'}, 32),
		&orderhttp.Options{Limits: orderhttp.Limits{PerAddress: wire.Limit{PerSecond: 1.0 / 60, Burst: 2}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	network := wire.NewNetwork()
	listener, _ := network.Listen("acquirer.localhost:80")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error)
	go func() {
		ended <- orderhttp.Serve(ctx, listener, orderhttp.Server(handler, slog.Default()), 10*time.Second)
	}()

	client := &http.Client{Transport: network.Transport()}
	for range 3 {
		resp, err := client.Get("http://acquirer.localhost/nowhere")
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
