package gatewaytest

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/anyscan/anyscan/order"
)

// hooks are the merchants' ends of webhooks: they record each, and take it
// unless they were told otherwise.
type hooks struct {
	mu    sync.Mutex
	got   []hook
	plan  []int       // statuses of the next answers
	extra http.Header // of the answers that are planned
}

// A hook is one request.
type hook struct {
	address string
	header  http.Header
	body    []byte
}

// RoundTrip implements http.RoundTripper.
func (h *hooks) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.got = append(h.got, hook{r.Method + " " + r.URL.String(), r.Header.Clone(), body})
	status, header := http.StatusNoContent, http.Header{}
	if len(h.plan) > 0 {
		status, header, h.plan = h.plan[0], h.extra.Clone(), h.plan[1:]
	}
	return &http.Response{StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: header,
		Body: io.NopCloser(strings.NewReader("thanks")), Request: r}, nil
}

// answer plans the next answers, one after the other.
func (h *hooks) answer(extra http.Header, statuses ...int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.plan, h.extra = statuses, extra
}

func (h *hooks) all() []hook {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.got)
}

func (h hook) id() order.ID { return order.ID(h.header.Get(standard.HeaderWebhookID)) }

// event is the body, if the endpoint's secret and its public key say that the
// gateway made it at that time.
func (b *bench) event(h hook, k order.EndpointKeys) (e order.Event) {
	b.Helper()
	for _, err := range []error{b.symmetric(h, k.Secret), b.asymmetric(h, k.Endpoint.PublicKey), json.Unmarshal(h.body, &e)} {
		if err != nil {
			b.Error(err)
		}
	}
	return e
}

// symmetric verifies v1 as merchants do, with the clock of the bench.
func (b *bench) symmetric(h hook, secret order.EndpointSecret) error {
	webhook, err := standard.NewWebhook(string(secret))
	if err != nil {
		return err
	}
	if got, want := h.header.Get(standard.HeaderWebhookTimestamp), strconv.FormatInt(b.clock.Now().Unix(), 10); got != want {
		return fmt.Errorf("the timestamp is %s, want %s", got, want)
	}
	return webhook.VerifyIgnoringTimestamp(h.body, h.header)
}

// asymmetric verifies v1a, which the standard library does not.
func (b *bench) asymmetric(h hook, public string) error {
	text, ok := strings.CutPrefix(public, "whpk_")
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) != ed25519.PublicKeySize {
		return fmt.Errorf("%q is no public key", public)
	}
	signed := fmt.Appendf(nil, "%s.%s.%s", h.id(), h.header.Get(standard.HeaderWebhookTimestamp), h.body)
	for part := range strings.FieldsSeq(h.header.Get(standard.HeaderWebhookSignature)) {
		text, ok := strings.CutPrefix(part, "v1a,")
		signature, err := base64.StdEncoding.DecodeString(text)
		if ok && err == nil && ed25519.Verify(key, signed, signature) {
			return nil
		}
	}
	return fmt.Errorf("no v1a signature of %s in %q", public, h.header.Get(standard.HeaderWebhookSignature))
}

// endpoint is a new one of north, for all its merchants' events.
func (b *bench) endpoint(path string) order.EndpointKeys {
	b.Helper()
	return b.endpointFor(order.EndpointRequest{Address: "https://merchant.example/" + path, Key: "make " + path})
}

func (b *bench) endpointFor(r order.EndpointRequest) order.EndpointKeys {
	b.Helper()
	k, err := b.at("north").CreateEndpoint(b.Context(), r)
	if err != nil {
		b.Fatalf("CreateEndpoint: %v", err)
	}
	return k
}

func (b *bench) isEndpoint(id order.ID) order.Endpoint {
	b.Helper()
	e, err := b.at("north").Endpoint(b.Context(), id)
	if err != nil {
		b.Fatalf("Endpoint: %v", err)
	}
	return e
}

func (b *bench) delivery(id order.ID) order.Delivery {
	b.Helper()
	d, err := b.at("north").Delivery(b.Context(), id)
	if err != nil {
		b.Fatalf("Delivery: %v", err)
	}
	return d
}

// listed are the deliveries to an endpoint, newest first.
func (b *bench) listed(endpoint order.ID) []order.Delivery {
	b.Helper()
	page, err := b.at("north").Deliveries(b.Context(), order.DeliveryQuery{Endpoint: endpoint})
	if err != nil {
		b.Fatalf("Deliveries: %v", err)
	}
	return page.Deliveries
}

func (b *bench) replay(id order.ID, key string) order.Delivery {
	b.Helper()
	d, err := b.at("north").Replay(b.Context(), order.DeliveryReplay{Delivery: id, Key: key})
	if err != nil {
		b.Fatalf("Replay: %v", err)
	}
	return d
}

// paid is an order of north that was paid, and whose webhooks were tried once.
func (b *bench) paid(key string) order.Order {
	b.Helper()
	o, address := b.placed()
	b.resume(b.paidAtProvider(address, b.blue, key))
	b.later(0)
	return o
}
