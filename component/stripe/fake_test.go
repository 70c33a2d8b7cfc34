package stripe_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	testKey     = "sk_test_FAKEFAKEFAKEFAKEFAKE"
	testSecret  = "whsec_FAKEoldFAKEoldFAKEoldFAKEold"
	otherSecret = "whsec_FAKEnewFAKEnewFAKEnewFAKEnew"
)

// fake is a FAKE of Stripe's side, for tests: the API's Checkout Sessions and
// refunds, its idempotency, and the events that it sends. It is written from Stripe's
// documents, which cannot be asked here whether it is right. sdk_test.go holds it to
// Stripe's own library for Node.js, mock_test.go the requests to stripe-mock.
type fake struct {
	mu       sync.Mutex
	now      func() time.Time
	sessions []*fakeSession // the oldest first
	refunds  []*fakeRefund
	keys     map[string]saved // by idempotency key
	events   []map[string]any // the oldest first
	calls    []string
	requests []recorded
	count    int
	// fault, where it is set, stands between the fake and whoever asks it.
	fault func(call string, answer func() *http.Response) (*http.Response, error)
}

type recorded struct {
	method, path string
	form         url.Values
}

// saved is the answer that an idempotency key stands for.
type saved struct {
	request [32]byte
	status  int
	body    []byte
	at      time.Time
}

// problem is an error of the API.
type problem struct {
	status            int
	kind, code, param string
	message           string
	kept              bool // with the idempotency key: the endpoint had begun
}

func newFake(now func() time.Time) *fake { return &fake{now: now, keys: map[string]saved{}} }

// RoundTrip lets a component reach the fake without a network.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	answer := func() *http.Response {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		resp := w.Result()
		resp.Request = r
		return resp
	}
	if f.fault != nil {
		return f.fault(r.Method+" "+shape(r.URL.Path), answer)
	}
	return answer(), nil
}

// shape is a path without what differs from one session to the next.
func shape(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) > 4 {
		parts[4] = "ID"
	}
	return strings.Join(parts, "/")
}

// ServeHTTP is api.stripe.com.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	call := r.Method + " " + shape(r.URL.Path)
	f.calls = append(f.calls, call)
	f.requests = append(f.requests, recorded{r.Method, r.URL.Path, maps.Clone(r.Form)})
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Request-Id", "req_FAKE"+strconv.Itoa(len(f.calls)))
	if got := r.Header.Get("Authorization"); got != "Bearer "+testKey {
		write(w, http.StatusUnauthorized, no(401, "invalid_request_error", "", "", "Invalid API Key provided: "+got[:min(len(got), 14)]+"****").body())
		return
	}
	f.idempotent(w, r, call)
}

// idempotent answers a request once for each key. What fails before anything was
// done is not kept, and a key is forgotten after 24 hours.
func (f *fake) idempotent(w http.ResponseWriter, r *http.Request, call string) {
	key, request := r.Header.Get("Idempotency-Key"), sha256.Sum256([]byte(r.URL.Path+"?"+r.Form.Encode()))
	if was, ok := f.keys[key]; ok && r.Method == http.MethodPost && f.now().Sub(was.at) < 24*time.Hour {
		if was.request != request {
			write(w, 400, no(400, "idempotency_error", "", "", "Keys for idempotent requests can only be used with the same parameters they were first used with.").body())
			return
		}
		w.Header().Set("Idempotent-Replayed", "true")
		write(w, was.status, was.body)
		return
	}
	answer, p := f.answer(call, r)
	status, body := http.StatusOK, encode(answer)
	if p != nil {
		status, body = p.status, p.body()
	}
	if r.Method == http.MethodPost && key != "" && (p == nil || p.kept) {
		f.keys[key] = saved{request, status, body, f.now()}
	}
	write(w, status, body)
}

func (f *fake) answer(call string, r *http.Request) (any, *problem) {
	switch call {
	case "POST /v1/checkout/sessions":
		return f.create(r.Form)
	case "GET /v1/checkout/sessions":
		return f.list(r.Form)
	case "GET /v1/checkout/sessions/ID", "POST /v1/checkout/sessions/ID/expire":
		return f.one(r)
	case "POST /v1/refunds":
		return f.refund(r.Form)
	case "GET /v1/refunds":
		return f.listRefunds(r.Form)
	}
	return nil, no(404, "invalid_request_error", "", "", "Unrecognized request URL ("+call+").")
}

func no(status int, kind, code, param, message string) *problem {
	return &problem{status: status, kind: kind, code: code, param: param, message: message}
}

func (p *problem) body() []byte {
	return encode(map[string]any{"error": map[string]any{"type": p.kind, "code": p.code, "param": p.param, "message": p.message}})
}

func write(w http.ResponseWriter, status int, body []byte) {
	w.WriteHeader(status)
	w.Write(body)
}

// encode writes JSON as Stripe does, with two spaces.
func encode(v any) []byte {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err)
	}
	return raw
}

func (f *fake) id(prefix string) string {
	f.count++
	return fmt.Sprintf("%s_test_FAKE%06d", prefix, f.count)
}

// page is a list as the API writes it, the newest first.
func page[T any](all []T, form url.Values, id func(T) string, keep func(T) bool, render func(T) any) (any, *problem) {
	limit, _ := strconv.Atoi(form.Get("limit"))
	if limit < 1 || limit > 100 {
		return nil, no(400, "invalid_request_error", "parameter_invalid_integer", "limit", "limit must be 1 to 100")
	}
	var data []any
	skipping := form.Get("starting_after")
	for _, one := range slices.Backward(all) {
		switch {
		case skipping != "":
			if id(one) == skipping {
				skipping = ""
			}
		case !keep(one):
		case len(data) == limit:
			return map[string]any{"object": "list", "data": data, "has_more": true}, nil
		default:
			data = append(data, render(one))
		}
	}
	return map[string]any{"object": "list", "data": append([]any{}, data...), "has_more": false}, nil
}
