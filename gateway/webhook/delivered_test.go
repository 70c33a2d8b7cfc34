package webhook_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway/webhook"
	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/internal/nodetest"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// What is delivered over a socket to a server on Node verifies there with npm
// standardwebhooks and svix: with the one secret, with the old and the new one
// while a rotation overlaps, and then with the new one alone.
func TestNodeVerifiesWhatIsDelivered(t *testing.T) {
	r := newShop(t)
	l := newLab(t, openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Development: true})
	first := l.endpoint("north", r.address)
	r.knows(map[string]order.EndpointKeys{"first": first})
	l.owe("north")
	r.receives(receipt{[]string{"v1", "v1a"}, map[string]verdicts{"first": good()}})

	second := l.rotate(first.Endpoint.ID, time.Time{})
	r.knows(map[string]order.EndpointKeys{"first": first, "second": second})
	l.owe("north")
	r.receives(receipt{[]string{"v1", "v1", "v1a", "v1a"}, map[string]verdicts{"first": good(), "second": good()}})

	third := l.rotate(first.Endpoint.ID, time.Now().Add(-time.Minute))
	r.knows(map[string]order.EndpointKeys{"first": first, "second": second, "third": third})
	l.owe("north")
	r.receives(receipt{[]string{"v1", "v1a"}, map[string]verdicts{"first": bad(), "second": bad(), "third": good()}})
	l.delivered(3)
}

// A merchant on Node refuses a delivery of which any byte was changed on the way,
// in the body, the ID, the time or the signature, and takes it as it was sent. What
// it refused is noted as that, and is delivered when it is replayed.
func TestNodeRefusesWhatWasChangedOnTheWay(t *testing.T) {
	r := newShop(t)
	way := &meddler{t: t, http: scanhttp.LocalhostClient(), to: r.address, tried: map[string]int{}}
	address := webtest.Serve(t, "merchant", func(string) http.Handler { return apitest.WebhookHandler(t, "orderEvent", way) })
	l := newLab(t, openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Development: true})
	r.knows(map[string]order.EndpointKeys{"first": l.endpoint("north", address+"/")})
	go io.Copy(io.Discard, r.out) // its verdicts are in its answers

	way.last = change{"body", 0}
	l.owe("north")
	refused := l.wait(func(d order.Delivery) bool { return len(d.Tries) == 1 })
	want := order.DeliveryTry{Status: 400, Error: order.TryStatus}
	got := refused.Tries[0]
	if diff := cmp.Diff(want, order.DeliveryTry{Status: got.Status, Error: got.Error}); diff != "" || refused.State != order.DeliveryPending {
		t.Errorf("the delivery is %s, its try (-want +got):\n%s", refused.State, diff)
	}
	way.last = change{}
	if _, err := l.For("north", nil).Replay(t.Context(), order.DeliveryReplay{Delivery: refused.ID, Key: "replay"}); err != nil {
		t.Fatal(err)
	}
	l.delivered(1)
	for part, least := range map[string]int{"body": 200, "Webhook-Id": 26, "Webhook-Timestamp": 10, "Webhook-Signature": 47} {
		if way.tried[part] < 2*least { // at each of two tries
			t.Errorf("of %s %d bytes were changed, want %d", part, way.tried[part], 2*least)
		}
	}
	t.Logf("refused with one byte changed: %v", way.tried)
}

// rotate gives an endpoint of north's new keys; the old ones stay until then.
func (l *lab) rotate(endpoint order.ID, until time.Time) order.EndpointKeys {
	l.Helper()
	k, err := l.For("north", nil).RotateSecret(l.Context(), order.SecretRotation{Endpoint: endpoint, Until: until, Key: fmt.Sprint(until)})
	if err != nil {
		l.Fatal(err)
	}
	return k
}

// wait waits for north's newest delivery to become so.
func (l *lab) wait(until func(order.Delivery) bool) order.Delivery {
	l.Helper()
	ctx, cancel := context.WithTimeout(l.Context(), time.Minute)
	defer cancel()
	for tick := time.NewTicker(5 * time.Millisecond); ctx.Err() == nil; <-tick.C {
		if d := l.deliveries("north")[0]; until(d) {
			return d
		}
	}
	l.Fatalf("the deliveries are %+v", l.deliveries("north"))
	return order.Delivery{}
}

// delivered waits until north's deliveries, that many, are.
func (l *lab) delivered(count int) {
	l.Helper()
	l.wait(func(order.Delivery) bool {
		all := l.deliveries("north")
		return len(all) == count && !slices.ContainsFunc(all, func(d order.Delivery) bool { return d.State != order.DeliveryDelivered })
	})
}

// verdicts are those of the implementations on Node.
type verdicts struct{ StandardWebhooks, Svix, V1a string }

func good() verdicts { return verdicts{"ok", "ok", "ok"} }

func bad() verdicts {
	return verdicts{"No matching signature found", "No matching signature found", "no matching signature"}
}

// receipt is what the merchant on Node prints of a request.
type receipt struct {
	Signatures []string
	Verdicts   map[string]verdicts // by the name of the keys
}

// shop is a merchant's server on Node.
type shop struct {
	t       *testing.T
	address string
	in      io.Writer
	out     *bufio.Reader
}

func newShop(t *testing.T) *shop {
	t.Helper()
	cmd := nodetest.Command(t, "testdata/receive.mjs")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait() // it was killed
		if t.Failed() {
			t.Logf("the merchant: %s", stderr.Bytes())
		}
	})
	r := &shop{t: t, in: in, out: bufio.NewReader(out)}
	r.address = "http://merchant.localhost:" + strings.TrimPrefix(r.line(), "listening ") + "/hook"
	return r
}

func (r *shop) line() string {
	r.t.Helper()
	line, err := r.out.ReadString('\n')
	if err != nil {
		r.t.Fatalf("the merchant says %q: %v", line, err)
	}
	return strings.TrimSuffix(line, "\n")
}

// knows tells the merchant the keys of its endpoint.
func (r *shop) knows(keys map[string]order.EndpointKeys) {
	r.t.Helper()
	texts := map[string]map[string]string{}
	for name, k := range keys {
		texts[name] = map[string]string{"secret": string(k.Secret), "public": k.Endpoint.PublicKey}
	}
	line, err := json.Marshal(texts)
	if err == nil {
		_, err = r.in.Write(append(line, '\n'))
	}
	if said := r.line(); err != nil || said != "keys" {
		r.t.Fatalf("%v, the merchant says %q", err, said)
	}
}

// receives waits for the next request, and wants it to be so.
func (r *shop) receives(want receipt) {
	r.t.Helper()
	var got receipt
	if err := json.Unmarshal([]byte(r.line()), &got); err != nil {
		r.t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Fatalf("what is delivered, at Node (-want +got):\n%s", diff)
	}
}

// change is one byte of a delivery: of its body, or of the header of that name. ""
// is none.
type change struct {
	part string
	at   int
}

// meddler stands between the gateway and the merchant. It sends a delivery on with
// each byte changed in turn, and last as it is told to, which alone it answers.
type meddler struct {
	t     *testing.T
	http  *http.Client
	to    string
	last  change
	tried map[string]int // how many bytes of a part were changed
}

func (m *meddler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		m.t.Error(err)
	}
	v1, _, _ := strings.Cut(r.Header.Get("Webhook-Signature"), " ") // what follows is for another verifier
	parts := map[string]int{"body": len(body), "Webhook-Signature": len(v1)}
	for _, name := range []string{"Webhook-Id", "Webhook-Timestamp"} {
		parts[name] = len(r.Header.Get(name))
	}
	for part, bytes := range maps.All(parts) {
		for at := range bytes {
			if status := m.pass(r, body, change{part, at}); status != http.StatusBadRequest {
				m.t.Errorf("with byte %d of %s changed it is answered with %d", at, part, status)
			}
			m.tried[part]++
		}
	}
	w.WriteHeader(m.pass(r, body, m.last))
}

// pass sends a delivery on with a change, and gives the status that it is answered
// with.
func (m *meddler) pass(r *http.Request, body []byte, c change) int {
	body, header := slices.Clone(body), r.Header.Clone()
	switch c.part {
	case "":
	case "body":
		body[c.at] ^= 1
	default:
		value := []byte(header.Get(c.part))
		value[c.at] ^= 1
		header.Set(c.part, string(value))
	}
	req, err := http.NewRequestWithContext(r.Context(), r.Method, m.to, bytes.NewReader(body))
	if err != nil {
		m.t.Error(err)
		return 0
	}
	req.Header = header
	resp, err := m.http.Do(req)
	if err != nil {
		m.t.Error(err)
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}
