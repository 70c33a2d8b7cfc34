package gatewayhttp_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order/wire"
)

// What is wrong with a request is said before anybody is asked; what an acquirer
// did not sign is not looked at.
func TestEndpointRequestsThatAreWrong(t *testing.T) {
	s := newStub(base)
	n := wire.NewNetwork()
	webtest.Listen(t, n, base, newHandler(t, s, base, nil))
	transport := n.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	signer, _ := newSigner(t, 1, nil)
	_, pub := newSigner(t, 2, nil)
	signing := wire.NewTransport(transport, signer, newKeys(t, pub), nil)
	const id = "06h0ffd99g0070000000000000"
	for _, c := range []struct {
		request, key, body string
		status             int
		word               string
	}{
		{"POST /v1/endpoints", "", "{}", 400, "idempotency_key_missing"},
		{"POST /v1/endpoints", "k", "", 400, "invalid_request"},
		{"POST /v1/endpoints", "k", `{"address":"https://a.example/","Secret":"mine"}`, 400, "/Secret"},
		{"POST /v1/endpoints", "k", `{"address":1}`, 400, "/address"},
		{"GET /v1/endpoints?before=1", "", "", 400, "invalid_request"},
		{"GET /v1/endpoints?endpoint=" + id, "", "", 400, "not known here"},
		{"GET /v1/endpoints/none", "", "", 404, "not_found"},
		{"DELETE /v1/endpoints/" + id, "", "", 400, "idempotency_key_missing"},
		{"DELETE /v1/endpoints/none", "k", "", 404, "not_found"},
		{"POST /v1/endpoints/" + id + "/secrets", "", "{}", 400, "idempotency_key_missing"},
		{"POST /v1/endpoints/" + id + "/secrets", "k", `{"until":"tomorrow"}`, 400, "/until"},
		{"POST /v1/endpoints/none/secrets", "k", `{}`, 404, "not_found"},
		{"GET /v1/deliveries?before=" + id + "&before=" + id, "", "", 400, "more than once"},
		{"GET /v1/deliveries/none", "", "", 404, "not_found"},
		{"POST /v1/deliveries/" + id + "/replays", "", "", 400, "idempotency_key_missing"},
		{"POST /v1/deliveries/none/replays", "k", "", 404, "not_found"},
	} {
		for what, carrier := range map[string]http.RoundTripper{"signed": signing, "unsigned": transport} {
			method, path, _ := strings.Cut(c.request, " ")
			req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.body != "" {
				req.Header.Set("Content-Type", "application/json")
			}
			if c.key != "" {
				req.Header.Set("Idempotency-Key", `"`+c.key+`"`)
			}
			resp, err := carrier.RoundTrip(req)
			if err != nil {
				t.Fatalf("%s: %v", c.request, err)
			}
			raw, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			status, word := c.status, c.word
			if what == "unsigned" {
				status, word = 401, "unauthenticated"
			}
			if err != nil || resp.StatusCode != status || !strings.Contains(string(raw), word) || len(s.asked()) > 0 {
				t.Errorf("%s, %s: status %d %s, %v; asked %v", c.request, what, resp.StatusCode, raw, err, s.asked())
			}
		}
	}
}
