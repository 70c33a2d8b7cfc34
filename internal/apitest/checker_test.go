package apitest_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/order/wire/openapi"
)

const (
	id     = "06dndml801pv93ctao8plaus2o"
	status = `{"order":{"id":"` + id + `","merchant":"cafe","total":{"amount":1,"currency":"CNY"},` +
		`"created":"2026-01-01T00:00:00Z","expires":"2026-01-01T00:15:00Z"},"state":"open","version":1,"changed":"2026-01-01T00:00:00Z"}`
	jump    = `{"order":"` + id + `","address":"https://pay.example/pay/t"}`
	confirm = `{"merchant":"cafe","revision":"r","total":{"amount":1,"currency":"CNY"}}`
	gone    = `{"type":"https://pkg.go.dev/github.com/anyscan/anyscan/order#Code","title":"x","status":404,"code":"not_found","retryable":false}`
)

// drift is an exchange, and what is to be said against it; "" is nothing.
type drift struct {
	name, method, path, body string
	status                   int
	media, answer            string
	want                     string
}

func drifts() []drift {
	const json, problem = "application/json", "application/problem+json"
	return []drift{
		{"as described", "GET", "/orders/1", "", 200, json, status, ""},
		{"HEAD", "HEAD", "/orders/1", "", 200, json, "", ""},
		{"a page", "GET", "/orders/1", "", 200, "text/html; charset=utf-8", "<p>", ""},
		{"not there", "GET", "/orders/1", "", 404, problem, gone, ""},
		{"confirmed", "POST", "/m/cafe/orders", confirm, 200, json, jump, ""},
		{"refused for good reason", "POST", "/m/cafe/orders", `{"x":1}`, 404, problem, gone, ""},
		{"an address of nobody", "GET", "/nowhere", "", 404, problem, gone, ""},

		{"a new field", "GET", "/orders/1", "", 200, json, strings.Replace(status, `"state"`, `"tip":1,"state"`, 1), `"tip" is unsupported`},
		{"a new field inside", "GET", "/orders/1", "", 200, json, strings.Replace(status, `"amount"`, `"tip":1,"amount"`, 1), `"tip" is unsupported`},
		{"a lost field", "GET", "/orders/1", "", 200, json, strings.Replace(status, `"version":1,`, "", 1), `"version" is missing`},
		{"another type", "GET", "/orders/1", "", 200, json, strings.Replace(status, `"version":1`, `"version":"1"`, 1), "/version"},
		{"a new state", "GET", "/orders/1", "", 200, json, strings.Replace(status, "open", "frozen", 1), "/state"},
		{"a new route", "GET", "/v1/tips", "", 200, json, "{}", "no operation is described"},
		{"a new method", "DELETE", "/orders/1", "", 200, json, "{}", "no operation is described"},
		{"a new status", "GET", "/orders/1", "", 202, json, status, "status 202 is not described"},
		{"a new media type", "GET", "/orders/1", "", 200, "text/csv", "a", "text/csv"},
		{"a new code", "GET", "/orders/1", "", 404, problem, strings.Replace(gone, "not_found", "expired", 1), "code expired is not described"},
		{"a field of a request", "POST", "/m/cafe/orders", strings.Replace(confirm, `"total"`, `"tip":1,"total"`, 1), 200, json, jump, `"tip" is unsupported`},
		{"an error that is not described", "GET", "/orders/1", "", 409, problem, of(409, "conflict"), "status 409 is not described"},
		{"an error of nobody's", "GET", "/orders/1", "", 502, "", "", "status 502 is not described"},
		{"a redirect", "GET", "/orders/1", "", 307, "", "", "status 307 is not described"},
		{"an error as text", "GET", "/orders/1", "", 500, "text/plain; charset=utf-8", "Internal Server Error", "text/plain"},
		{"an error without a body", "GET", "/orders/1", "", 404, "", "", `Content-Type has unexpected value: ""`},
		{"an error with a new field", "GET", "/orders/1", "", 404, problem, strings.Replace(gone, `"code"`, `"help":"x","code"`, 1), "additional properties 'help' not allowed"},
		{"an error without a field", "GET", "/orders/1", "", 404, problem, strings.Replace(gone, `,"retryable":false`, "", 1), "missing property 'retryable'"},
		{"an error that says another status", "GET", "/orders/1", "", 404, problem, strings.Replace(gone, "404", "410", 1), "says status 410"},
		{"an error that is no JSON", "GET", "/orders/1", "", 404, problem, "not there", "failed to decode"},
		{"an error without its header", "POST", "/v1/orders", "", 401, problem, of(401, "unauthenticated"), `"WWW-Authenticate" missing`},
		{"an error of a component", "POST", "/notify/blue", "", 422, "text/plain", "fail", ""},
		{"an error in a component's place", "POST", "/notify/blue", "", 422, problem, of(422, "refused"), ""},
		{"a new error there", "POST", "/notify/blue", "", 422, problem, of(422, "not_offered"), "code not_offered is not described"},
		{"nowhere, otherwise", "GET", "/nowhere", "", 404, "text/plain; charset=utf-8", "404 page not found", "text/plain"},
		{"nowhere, with another code", "GET", "/nowhere", "", 404, problem, of(404, "expired"), "code expired is not described"},
		{"a method of nobody's", "PUT", "/orders/1", "", 405, "", "", "no operation is described"},
		{"HEAD, with a new status", "HEAD", "/orders/1", "", 202, json, "", "status 202 is not described"},
		{"HEAD, with a new media type", "HEAD", "/orders/1", "", 404, "text/csv", "", `"text/csv" is not described`},
		{"half a signature", "GET", "/v1/orders/" + id, "", 404, problem + "; signed", gone, "the header Content-Digest is missing"},
		{"a body where none is", "GET", "/v1/openapi.json", "", 304, "", "x", "has a body"},
		{"a lost header", "GET", "/v1/orders/" + id, "", 200, json, status, "the header Content-Digest is missing"},
	}
}

// of is a problem.
func of(status int, code string) string {
	return strings.NewReplacer("404", strconv.Itoa(status), "not_found", code).Replace(gone)
}

// Drift fails: whatever differs between an exchange and the document is said.
func TestDriftIsFound(t *testing.T) {
	for _, d := range drifts() {
		checker, err := apitest.New()
		if err != nil {
			t.Fatal(err)
		}
		d.exchange(checker)
		n, violations := checker.Result()
		said := strings.Join(violations, "\n")
		if n != 1 || (said == "") != (d.want == "") || !strings.Contains(said, d.want) {
			t.Errorf("%s: %d exchanges, %q said, want %q", d.name, n, said, d.want)
		}
	}
}

// exchange answers as scripted, behind the checker.
func (d drift) exchange(c *apitest.Checker) {
	h := c.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		for name, value := range map[string]string{"Vary": "Accept", "Cache-Control": "no-store", "Content-Type": d.media} {
			w.Header().Set(name, value)
		}
		if media, signed := strings.CutSuffix(d.media, "; signed"); signed {
			w.Header().Set("Content-Type", media)
			w.Header().Set("Signature", "sig1=:AAAA:")
		}
		w.WriteHeader(d.status)
		io.WriteString(w, d.answer)
	}))
	r := httptest.NewRequest(d.method, d.path, strings.NewReader(d.body))
	r.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(d.path, "/v1/orders") {
		r.Header.Set("Signature", "sig1=:AAAA:")
	}
	h.ServeHTTP(httptest.NewRecorder(), r)
}

// The other way round: an exchange that was described is drift when the document
// loses its description.
func TestDocumentWithoutAnOperation(t *testing.T) {
	lost := bytes.Replace(openapi.Document(), []byte(`"/orders/{id}"`), []byte(`"/bills/{id}"`), 1)
	checker, err := apitest.Of(lost)
	if err != nil {
		t.Fatal(err)
	}
	drifts()[0].exchange(checker)
	if _, violations := checker.Result(); len(violations) != 1 {
		t.Errorf("%q", violations)
	}
}

// A transport sees the same, passes on what it saw, and leaves others alone.
func TestTransport(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.Write(body)
	}))
	defer s.Close()
	checker, err := apitest.New()
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: checker.Transport(s.Client().Transport, func(r *http.Request) bool { return r.URL.Path == "/theirs" })}
	for want, path := range []string{"/theirs", "/v1/tips"} {
		resp, err := client.Post(s.URL+path, "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		n, violations := checker.Result()
		if err != nil || string(body) != "{}" || len(violations) < want || want == 0 && n > 0 {
			t.Errorf("%s: %q, %v, %d exchanges, %q", path, body, err, n, violations)
		}
	}
}
