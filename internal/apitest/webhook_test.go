package apitest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/internal/apitest"
)

const (
	event  = `{"type":"order.paid","timestamp":"2026-01-01T00:00:00Z","data":` + status + `}`
	digest = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
	input  = `sig1=("@method" "@target-uri" "content-digest");created=1767225600;keyid="kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";tag="anyscan"`
	sig    = "sig1=:xUvHCuWmGfTXL8inRO/gv79D7QFkFG+GMmnPXVMAuWrrd+LqD6UhezcRtRkAA2V9xghRDcFpvnYwsLbyNxOAAg==:"
)

// sent is what is sent as a webhook, how that is answered, and what is to be said
// against it; "" is nothing.
type sent struct {
	name, hook, body string
	header           map[string]string // "" leaves one out
	method           string            // "" is POST
	status           int
	media, answer    string
	want             string
}

func webhooks() []sent {
	hook := func(name, value string) map[string]string {
		h := map[string]string{"webhook-id": id, "webhook-timestamp": "1767225690", "webhook-signature": "v1,AAAA v1a,AAAA"}
		if name != "" {
			h[name] = value
		}
		return h
	}
	signed := func(name, value string) map[string]string {
		h := map[string]string{"Idempotency-Key": `"k"`, "Content-Digest": digest, "Signature-Input": input, "Signature": sig}
		if name != "" {
			h[name] = value
		}
		return h
	}
	const problem = "application/problem+json"
	return []sent{
		{"an event", "orderEvent", event, hook("", ""), "", 204, "", "", ""},
		{"an event that is not taken", "orderEvent", event, hook("", ""), "", 418, "text/plain", "no", ""},
		{"a new field", "orderEvent", strings.Replace(event, `"data"`, `"tip":1,"data"`, 1), hook("", ""), "", 204, "", "", `"tip" is unsupported`},
		{"a new field, not taken", "orderEvent", strings.Replace(event, `"data"`, `"tip":1,"data"`, 1), hook("", ""), "", 400, "", "", `"tip" is unsupported`},
		{"a lost field", "orderEvent", strings.Replace(event, `"timestamp":"2026-01-01T00:00:00Z",`, "", 1), hook("", ""), "", 204, "", "", `"timestamp" is missing`},
		{"a new type", "orderEvent", strings.Replace(event, "order.paid", "order.born", 1), hook("", ""), "", 204, "", "", "/type"},
		{"no ID", "orderEvent", event, hook("webhook-id", ""), "", 204, "", "", `"webhook-id" in header has an error`},
		{"another ID", "orderEvent", event, hook("webhook-id", "msg_1"), "", 204, "", "", `"webhook-id" in header has an error`},
		{"another time", "orderEvent", event, hook("webhook-timestamp", "2026-01-01"), "", 204, "", "", `"webhook-timestamp" in header has an error`},
		{"another signature", "orderEvent", event, hook("webhook-signature", "v2,AAAA"), "", 204, "", "", `"webhook-signature" in header has an error`},
		{"another media type", "orderEvent", event, hook("Content-Type", "text/plain"), "", 204, "", "", "Content-Type"},
		{"another method", "orderEvent", event, hook("", ""), "PUT", 204, "", "", "the method is PUT"},
		{"what is not described", "orderLost", event, hook("", ""), "", 204, "", "", "no such webhook"},

		{"a notification", "orderChanged", status, signed("", ""), "", 204, "signed", "", ""},
		{"one that is not taken", "orderChanged", status, signed("", ""), "", 404, problem, gone, ""},
		{"a new field", "orderChanged", strings.Replace(status, `"version"`, `"tip":1,"version"`, 1), signed("", ""), "", 404, problem, gone, `"tip" is unsupported`},
		{"a new state", "orderChanged", strings.Replace(status, "open", "frozen", 1), signed("", ""), "", 204, "signed", "", "/state"},
		{"no key", "orderChanged", status, signed("Idempotency-Key", ""), "", 204, "signed", "", `"Idempotency-Key" in header has an error`},
		{"no signature", "orderChanged", status, signed("Signature", ""), "", 204, "signed", "", "the request is to be signed, and the header Signature is missing"},
		{"an answer without signature", "orderChanged", status, signed("", ""), "", 204, "", "", "the answer is to be signed, and the header Content-Digest is missing"},
		{"a new answer", "orderChanged", status, signed("", ""), "", 202, "signed", "", "status 202 is not described"},
		{"a new error", "orderChanged", status, signed("", ""), "", 404, problem, of(404, "expired"), "code expired is not described"},
	}
}

// What is sent as a webhook is held to the document's webhooks, wherever it goes:
// drift fails.
func TestDriftOfWebhooksIsFound(t *testing.T) {
	for _, s := range webhooks() {
		checker, err := apitest.New()
		if err != nil {
			t.Fatal(err)
		}
		send(t, s, checker.Webhooks(s.hook, answering{s}, nil))
		n, violations := checker.Result()
		said := strings.Join(violations, "\n")
		if n != 1 || (said == "") != (s.want == "") || !strings.Contains(said, s.want) {
			t.Errorf("%s %s: %d exchanges, %q said, want %q", s.hook, s.name, n, said, s.want)
		}
	}
}

// At the receiver the same is compared, and its own answers are left alone.
func TestDriftOfWebhooksIsFoundWhereTheyArrive(t *testing.T) {
	for _, s := range webhooks() {
		if s.hook != "orderEvent" {
			continue
		}
		checker, err := apitest.New()
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(checker.WebhookHandler(s.hook, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(s.status) })))
		send(t, s, toward{server.URL})
		server.Close()
		if n, violations := checker.Result(); n != 1 || len(violations) > 0 != (s.want != "") || !strings.Contains(strings.Join(violations, ""), s.want) {
			t.Errorf("%s: %d exchanges, %q said, want %q", s.name, n, violations, s.want)
		}
	}
}

// Others are not compared.
func TestWebhooksSkip(t *testing.T) {
	checker, err := apitest.New()
	if err != nil {
		t.Fatal(err)
	}
	s := sent{status: 200}
	send(t, s, checker.Webhooks("orderEvent", answering{s}, func(*http.Request) bool { return true }))
	if n, violations := checker.Result(); n != 0 || len(violations) > 0 {
		t.Errorf("%d exchanges, %q", n, violations)
	}
}

func send(t *testing.T, s sent, way http.RoundTripper) {
	t.Helper()
	method := s.method
	if method == "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(t.Context(), method, "http://merchant.localhost/anywhere", strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for name, value := range s.header {
		if r.Header.Set(name, value); value == "" {
			r.Header.Del(name)
		}
	}
	resp, err := way.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// answering answers as scripted.
type answering struct{ sent }

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	h := http.Header{}
	switch a.media {
	case "":
	case "signed":
		h = http.Header{"Content-Digest": {digest}, "Signature-Input": {input}, "Signature": {sig}}
	default:
		h.Set("Content-Type", a.media)
	}
	return &http.Response{StatusCode: a.status, Header: h, Body: io.NopCloser(strings.NewReader(a.answer)), Request: r}, nil
}

// toward sends everything to one server.
type toward struct{ base string }

func (w toward) RoundTrip(r *http.Request) (*http.Response, error) {
	r.URL.Host = strings.TrimPrefix(w.base, "http://")
	return http.DefaultTransport.RoundTrip(r)
}
