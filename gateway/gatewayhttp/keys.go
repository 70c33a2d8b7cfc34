package gatewayhttp

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// keySet serves the gateway's public keys as a JWK Set, for acquirers to fetch
// over https; without any there is nothing at that address.
func (h *handler) keySet(keys []wire.Key) (http.HandlerFunc, error) {
	if len(keys) == 0 {
		return func(w http.ResponseWriter, r *http.Request) {
			h.site.FailProgram(w, r, order.Errorf(order.CodeNotFound, "gatewayhttp.Keys", "this gateway publishes no keys"))
		}, nil
	}
	set, err := wire.FormatKeySet(keys...)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/jwk-set+json")
		w.Header().Set("Content-Length", strconv.Itoa(len(set)))
		w.Header().Set("Cache-Control", "public, max-age=300")
		w.Write(set)
	}, nil
}
