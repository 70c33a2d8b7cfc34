package wire

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Calls beyond the standard library's two find the connections of the calls
// before them.
func TestPoolKeepsConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const calls = 16
		n := NewNetwork()
		serve(t, n, "a.localhost:80", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Second) }))
		var dialed atomic.Int64
		pool := NewPool(n.DialContext)
		pool.Proxy = nil
		dial := pool.DialContext
		pool.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			dialed.Add(1)
			return dial(ctx, network, address)
		}
		c := client(t, pool)
		for range 3 {
			var wait sync.WaitGroup
			for range calls {
				wait.Go(func() {
					if _, err := get(t, c, "http://a.localhost/"); err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
		}
		if dialed.Load() != calls {
			t.Errorf("%d connections for 3 times %d calls at once", dialed.Load(), calls)
		}
	})
}
