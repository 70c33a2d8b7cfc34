package orderhttp_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/wire"
)

// notifying is a gateway that signs with the seed and believes answers of peer.
func notifying(t *testing.T, s *stub, seed, peer byte) order.Notifier {
	t.Helper()
	n := wire.NewNetwork()
	webtest.Listen(t, n, base, newHandler(t, s, base, nil))
	transport := n.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	signing := wire.NewTransport(apitest.Webhooks(t, "orderChanged", transport), newIdentity(t, seed, nil).signer, newIdentity(t, peer, nil).keys, nil)
	notifier, err := orderhttp.NewNotifier(base+"/v1/notifications", signing, nil)
	if err != nil {
		t.Fatal(err)
	}
	return notifier
}

// without sends requests without their idempotency key.
type without struct{ http.RoundTripper }

func (w without) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Del("Idempotency-Key")
	return w.RoundTripper.RoundTrip(r)
}

func TestNotifyNeedsItsKey(t *testing.T) {
	s := newStub()
	n := wire.NewNetwork()
	webtest.Listen(t, n, base, newHandler(t, s, base, nil))
	transport := n.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	signing := wire.NewTransport(transport, newIdentity(t, 2, nil).signer, newIdentity(t, 1, nil).keys, nil)
	notifier, err := orderhttp.NewNotifier(base+"/v1/notifications", without{signing}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := notifier.Notify(t.Context(), s.status); !errors.Is(err, order.CodeIdempotencyKeyMissing) || len(s.asked()) > 0 {
		t.Errorf("%v, asked %v", err, s.asked())
	}
}

func TestNotify(t *testing.T) {
	s := newStub()
	status := s.status
	status.Order.Created = time.Unix(1, 0).UTC()
	if err := notifying(t, s, 2, 1).Notify(t.Context(), status); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]order.Status{status}, s.notified); diff != "" {
		t.Error(diff)
	}
}

func TestNotifyBelievesTheGatewayAlone(t *testing.T) {
	s := newStub()
	err := notifying(t, s, 3, 1).Notify(t.Context(), s.status)
	if err == nil || !strings.Contains(err.Error(), "401") || len(s.asked()) > 0 { // which is not signed for a stranger
		t.Errorf("a stranger's notification: %v, asked %v", err, s.asked())
	}
	a := newVisitor(t, s, nil).Send("/v1/notifications", "k", `{}`)
	if a.StatusCode != 401 || len(s.asked()) > 0 {
		t.Errorf("a notification without signature: status %d, asked %v", a.StatusCode, s.asked())
	}
}

func TestNotifyIsAcknowledgedByTheAcquirerAlone(t *testing.T) {
	s := newStub()
	if err := notifying(t, s, 2, 3).Notify(t.Context(), s.status); !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("an acknowledgement signed by another: %v, want unavailable: nothing is known", err)
	}
}

func TestNotifyOfANewerGateway(t *testing.T) {
	s := newStub()
	n := wire.NewNetwork()
	webtest.Listen(t, n, base, newUndescribedHandler(t, s, base, nil))
	transport := n.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: wire.NewTransport(transport, newIdentity(t, 2, nil).signer, newIdentity(t, 1, nil).keys, nil)}
	req, err := http.NewRequestWithContext(t.Context(), "POST", base+"/v1/notifications", strings.NewReader(`{"state":"open","version":1,"news":true}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", `"k"`)
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent || len(s.notified) != 1 {
		t.Errorf("a notification with a field of a newer version: status %d, told %v", resp.StatusCode, s.notified)
	}
}

func TestNotifyErrors(t *testing.T) {
	for _, code := range []order.Code{order.CodeNotFound, order.CodeConflict, order.CodeUnavailable} {
		s := newStub()
		s.err = order.Errorf(code, "", "as scripted")
		if err := notifying(t, s, 2, 1).Notify(t.Context(), s.status); !errors.Is(err, code) {
			t.Errorf("%v, want %s", err, code)
		}
	}
	s := newStub()
	s.panics = true
	if err := notifying(t, s, 2, 1).Notify(t.Context(), s.status); !errors.Is(err, order.CodeInternal) {
		t.Errorf("a panic: %v", err)
	}
}

// roundTrip answers requests as a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func respond(status int, header http.Header) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: header, Body: http.NoBody, Request: r}, nil
	}
}

// What reads or has a key is tried again; what a notifier owes is the outbox's to
// repeat.
func TestClientsKeysAndTries(t *testing.T) { synctest.Test(t, testClientsKeysAndTries) }

func testClientsKeysAndTries(t *testing.T) {
	var got []string
	record := roundTrip(func(r *http.Request) (*http.Response, error) {
		got = append(got, r.Method+" "+r.URL.String()+" "+r.Header.Get("Idempotency-Key"))
		return nil, errors.New("cut")
	})
	c, err := orderhttp.NewClearing("https://pay.example/", record, nil)
	if err != nil {
		t.Fatal(err)
	}
	n, err := orderhttp.NewNotifier("https://acquirer.example/v1/notifications", record, &orderhttp.ClientOptions{Retries: 5})
	if err != nil {
		t.Fatal(err)
	}
	id := newStub().jump.Order
	_, placed := c.Place(t.Context(), order.Order{ID: id})
	_, queried := c.Query(t.Context(), id)
	told := n.Notify(t.Context(), order.Status{Order: order.Order{ID: id}, Version: 3})
	for _, err := range []error{placed, queried, told} {
		if !errors.Is(err, order.CodeUnavailable) || strings.Contains(err.Error(), "https://") {
			t.Errorf("a call that was cut: %v, want unavailable without the address", err)
		}
	}
	place, query := `POST https://pay.example/v1/orders "`+string(id)+`"`, "GET https://pay.example/v1/orders/"+string(id)+" "
	want := []string{place, place, place, query, query, query, `POST https://acquirer.example/v1/notifications "` + string(id) + `-3"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestClientsFollowNoRedirect(t *testing.T) {
	c, err := orderhttp.NewClearing("https://pay.example", respond(307, http.Header{"Location": {"https://evil.example/"}}), &orderhttp.ClientOptions{Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Query(t.Context(), newStub().jump.Order); !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("a redirect: %v", err)
	}
}

func TestQueryOfNoIdentifierAsksNobody(t *testing.T) {
	c, err := orderhttp.NewClearing("https://pay.example", respond(200, nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Query(t.Context(), "../../admin"); !errors.Is(err, order.CodeNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestNewClientsSayWhatIsWrong(t *testing.T) {
	for _, address := range []string{"", "pay.example", "http://pay.example", "https://user@pay.example", "https://pay.example?x=1", "ftp://pay.example"} {
		if _, err := orderhttp.NewClearing(address, respond(200, nil), nil); err == nil {
			t.Errorf("NewClearing takes %q", address)
		}
	}
	if _, err := orderhttp.NewNotifier("http://acquirer.example/n", respond(200, nil), nil); err == nil {
		t.Error("NewNotifier takes plain http")
	}
	if _, err := orderhttp.NewClearing("https://pay.example", nil, nil); err == nil {
		t.Error("NewClearing takes no transport")
	}
	if _, err := orderhttp.NewNotifier("https://acquirer.example/n", nil, nil); err == nil {
		t.Error("NewNotifier takes no transport")
	}
}
