package gatewayhttp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// catalogue is the body of GET /v1/components.
type catalogue struct {
	Components []component.Entry `json:"components"`
}

// catalog serves what can pay at the gateway, to whoever asks: there is nothing in it
// that a payer or an acquirer may not know.
func (h *handler) catalog(entries []component.Entry) (http.HandlerFunc, error) {
	if len(entries) == 0 {
		return func(w http.ResponseWriter, r *http.Request) {
			h.site.FailProgram(w, r, order.Errorf(order.CodeNotFound, "gatewayhttp.Catalog", "this gateway publishes no catalogue"))
		}, nil
	}
	body, err := json.Marshal(catalogue{entries})
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Header().Set("Cache-Control", "public, max-age=300")
		w.Write(body)
	}, nil
}
