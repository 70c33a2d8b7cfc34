package webhook_test

import (
	"context"
	"crypto/tls"
	"database/sql"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/gateway/webhook"
	"github.com/anyscan/anyscan/order"
)

// New says what is wrong.
func TestNewRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		keys webhook.Keys
		o    webhook.Options
	}{
		"version 0":      {webhook.Keys{0: {1}}, webhook.Options{}},
		"no secret":      {webhook.Keys{1: {}}, webhook.Options{}},
		"one secret":     {webhook.Keys{1: {1}, 2: {1}}, webhook.Options{}},
		"a long timeout": {nil, webhook.Options{Timeout: time.Minute}},
		"endpoints":      {nil, webhook.Options{Endpoints: -1}},
	} {
		if _, err := webhook.New(t.Context(), openStore(t), c.keys, &c.o); order.CodeOf(err) != order.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Without keys there are no endpoints, and nothing is owed.
func TestWithoutKeys(t *testing.T) {
	l := newLab(t, openStore(t), nil, webhook.Options{})
	_, err := l.For("north", nil).CreateEndpoint(t.Context(), order.EndpointRequest{Address: "https://merchant.example/", Key: "k"})
	if order.CodeOf(err) != order.CodeRefused {
		t.Errorf("CreateEndpoint: %v", err)
	}
	l.owe("north")
}

// Nothing that a database holds signs: no secret is in any table, the remembered
// answers included.
func TestNothingStoredIsSecret(t *testing.T) {
	l := newLab(t, openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Transport: &merchant{}})
	k := l.endpoint("north", "https://merchant.example/")
	turned, err := l.For("north", nil).RotateSecret(t.Context(), order.SecretRotation{Endpoint: k.Endpoint.ID, Key: "r"})
	if err != nil {
		t.Fatal(err)
	}
	err = l.store.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		for table, columns := range map[string]string{"webhook_endpoints": "secrets || address", "webhook_answers": "answer || key || fingerprint", "webhook_audit": "why"} {
			rows, err := tx.QueryContext(ctx, `SELECT `+columns+` FROM `+table)
			if err != nil {
				return err
			}
			defer rows.Close()
			for n := 0; rows.Next(); n++ {
				var text string
				if err := rows.Scan(&text); err != nil {
					return err
				}
				for _, secret := range []order.EndpointSecret{k.Secret, turned.Secret} {
					if strings.Contains(text, strings.TrimPrefix(string(secret), "whsec_")) {
						t.Errorf("%s holds a secret", table)
					}
				}
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A Secret that leaked is removed: nothing is signed with it, deliveries wait,
// and go out once the endpoint was rotated.
func TestRevokedSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m, first := openStore(t), &merchant{}, newSecret()
		l := newLab(t, s, webhook.Keys{1: first}, webhook.Options{Transport: m})
		k := l.endpoint("north", "https://merchant.example/")
		l.stop()
		l = newLab(t, s, webhook.Keys{2: newSecret()}, webhook.Options{Transport: m})
		l.owe("north")
		time.Sleep(time.Second)
		if try := l.deliveries("north")[0].Tries[0]; try.Error != order.TrySecret || m.count() != 0 {
			t.Errorf("the try is %+v, %d requests", try, m.count())
		}
		_, err := l.For("north", nil).CreateEndpoint(t.Context(), order.EndpointRequest{Address: "https://merchant.example/", Key: "https://merchant.example/"})
		if order.CodeOf(err) != order.CodeConflict {
			t.Errorf("the answer that told the old secret is repeated: %v", err)
		}
		turned, err := l.For("north", nil).RotateSecret(t.Context(), order.SecretRotation{Endpoint: k.Endpoint.ID, Key: "r"})
		if err != nil || turned.Secret == k.Secret {
			t.Fatalf("the rotation: %v", err)
		}
		time.Sleep(time.Hour)
		if d := l.deliveries("north")[0]; d.State != order.DeliveryDelivered {
			t.Errorf("it is %s", d.State)
		}
	})
}

// Nothing that holds the secrets prints them.
func TestDispatcherPrintsNoSecret(t *testing.T) {
	secret := webhook.Secret([]byte("correct horse battery staple 123"))
	l := newIdle(t, openStore(t), webhook.Keys{1: secret}, webhook.Options{})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		text := fmt.Sprintf(verb, l.Dispatcher) + fmt.Sprintf(verb, l.For("north", nil))
		for _, trace := range []string{"correct", "636f7272", "99 111", "0x63, 0x6f"} {
			if strings.Contains(text, trace) {
				t.Errorf("%s shows %q in %s", verb, trace, text)
			}
		}
	}
}

// Of more rotations than a header holds the newest three sign.
func TestManyRotations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &merchant{}
		l := newLab(t, openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Transport: m})
		k := l.endpoint("north", "https://merchant.example/")
		for i := range 5 {
			if _, err := l.For("north", nil).RotateSecret(t.Context(), order.SecretRotation{Endpoint: k.Endpoint.ID, Key: fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
		}
		l.owe("north")
		synctest.Wait()
		if n := len(strings.Fields(m.got[0].Header.Get("Webhook-Signature"))); n != 6 {
			t.Errorf("%d signatures, want 3 of each kind", n)
		}
	})
}

// The latest 20 tries are kept, and a delivery that is older than 30 days makes
// room for a new one.
func TestWhatIsKept(t *testing.T) {
	now := time.Now()
	clock := func() time.Time { return now }
	l := newIdle(t, openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Transport: &merchant{}, Now: clock})
	work := gatewaytest.Drain(l.store, clock, func(ctx context.Context) error {
		return newIdle(t, l.store, webhook.Keys{1: newSecret()}, webhook.Options{Transport: &merchant{}, Now: clock}).Run(ctx)
	})
	l.endpoint("north", "https://merchant.example/")
	l.owe("north")
	id := l.deliveries("north")[0].ID
	for i := range 25 {
		if err := work(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := l.For("north", nil).Replay(t.Context(), order.DeliveryReplay{Delivery: id, Key: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	tries := l.deliveries("north")[0].Tries
	if len(tries) != 20 || tries[0].Number != 6 || tries[19].Number != 25 {
		t.Errorf("%d tries, from %d to %d", len(tries), tries[0].Number, tries[len(tries)-1].Number)
	}
	start := now
	for _, days := range []int{29, 31} {
		now = start.AddDate(0, 0, days)
		l.owe("north")
		all := l.deliveries("north")
		if oldest := all[len(all)-1].ID; (oldest == id) != (days == 29) {
			t.Errorf("after %d days the oldest of %d deliveries is %s", days, len(all), oldest)
		}
	}
}

// What is sent has neither the order's lines nor its return address, and no more
// bytes than the specification suggests.
func TestPayloadIsThin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &merchant{}
		l := newLab(t, openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Transport: m})
		l.endpoint("north", "https://merchant.example/")
		l.owe("north")
		synctest.Wait()
		if body := m.bodies[0]; strings.Contains(body, "lines") || strings.Contains(body, "return_address") || len(body) > 2000 {
			t.Errorf("the body is %s", body)
		}
	})
}

// Over real sockets each failure has its word. The host names are of
// development, which alone leads to this machine.
func TestWordsOfFailures(t *testing.T) {
	odd := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, "/taken", http.StatusTemporaryRedirect)
		case "/long":
			w.WriteHeader(200)
			io.Copy(w, io.LimitReader(endless{}, 1<<20))
		case "/broken":
			panic(http.ErrAbortHandler)
		case "/headers":
			w.Header().Set("X", strings.Repeat("a", 64<<10))
		}
	}))
	defer odd.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.TLS = &tls.Config{}
	secure.StartTLS()
	defer secure.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	want := map[string]order.DeliveryTry{
		"http://m.localhost:" + portOf(odd.Listener.Addr()) + "/taken":    {Number: 1, Status: 200},
		"http://m.localhost:" + portOf(odd.Listener.Addr()) + "/long":     {Number: 1, Status: 200},
		"http://m.localhost:" + portOf(odd.Listener.Addr()) + "/redirect": {Number: 1, Status: 307, Error: order.TryRedirect},
		"http://m.localhost:" + portOf(odd.Listener.Addr()) + "/broken":   {Number: 1, Error: order.TryBroken},
		"http://m.localhost:" + portOf(odd.Listener.Addr()) + "/headers":  {Number: 1, Error: order.TryBroken},
		"https://m.localhost:" + portOf(secure.Listener.Addr()) + "/":     {Number: 1, Error: order.TryTLS},
		"https://m.localhost:" + portOf(odd.Listener.Addr()) + "/":        {Number: 1, Error: order.TryTLS},
		"http://m.localhost:" + portOf(closed.Addr()) + "/":               {Number: 1, Error: order.TryConnect},
	}
	l := newIdle(t, openStore(t), webhook.Keys{1: newSecret()}, webhook.Options{Development: true})
	addresses := map[order.ID]string{}
	for address := range want {
		addresses[l.endpoint("north", address).Endpoint.ID] = address
	}
	l.owe("north")
	if err := gatewaytest.Drain(l.store, time.Now, l.Run)(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := map[string]order.DeliveryTry{}
	for _, d := range l.deliveries("north") {
		d.Tries[0].At, d.Tries[0].Duration = time.Time{}, 0
		got[addresses[d.Endpoint]] = d.Tries[0]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the tries (-want +got):\n%s", diff)
	}
}

func portOf(a net.Addr) string {
	_, port, _ := net.SplitHostPort(a.String())
	return port
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
