package stripe_test

import (
	"bufio"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/stripe"
)

// Everything that we ask of Stripe has the form that Stripe's own OpenAPI document
// describes, by stripe-mock, which Stripe makes of it. It keeps nothing and sends no
// events: what its answers say is of no use here.
func TestMockTakesTheRequests(t *testing.T) {
	base := mock(t)
	l := newLab(t)
	for _, money := range []int64{1230, 50, 99_999_999} {
		a := l.attempt()
		a.Amount.Amount = money
		a, address := l.begin(a)
		l.must(l.fake.pay(address))
		if e, err := l.giveBack(a, "r"+a.ID[:20], 1); err != nil || e.Outcome != component.OutcomeSucceeded {
			t.Errorf("%+v, %v", e, err)
		}
	}
	timed := l.attempt()
	timed.Expires = l.now.Add(7200e9)
	timed, _ = l.begin(timed)
	if _, err := l.Cancel(t.Context(), timed); err != nil {
		t.Error(err)
	}
	lost := l.attempt()
	lost.Actions = nil
	l.query(lost) // by the list
	kinds := map[string]bool{}
	for _, r := range l.fake.requests {
		if status := send(t, base, r); status != http.StatusOK {
			t.Errorf("%s %s %v: status %d", r.method, r.path, r.form, status)
		}
		kinds[r.method+" "+shape(r.path)] = true
	}
	if len(kinds) != 6 {
		t.Errorf("of the six kinds of requests there are %v", kinds)
	}
	wrong := l.fake.requests[0]
	wrong.form = url.Values{"mode": {"barter"}}
	if status := send(t, base, wrong); status != http.StatusBadRequest {
		t.Errorf("stripe-mock answers a wrong mode with %d: does it check?", status)
	}
}

// The component itself speaks with stripe-mock, whose session is not the attempt's.
func TestMockIsNoStripe(t *testing.T) {
	s := settings()
	s.APIBase = mock(t)
	l := newLab(t)
	c := l.make(s, &stripe.Options{Transport: http.DefaultTransport})
	p, err := c.Begin(t.Context(), l.attempt())
	switch {
	case err != nil && !strings.Contains(err.Error(), "Stripe's answer makes no sense"):
		t.Error(err)
	case err == nil && (p.Action == nil || p.Reference == ""):
		t.Errorf("%+v", p)
	}
}

func send(t *testing.T, base string, r recorded) int {
	t.Helper()
	address, body := base+r.path, r.form.Encode()
	if r.method == http.MethodGet {
		address, body = address+"?"+body, ""
	}
	req, err := http.NewRequestWithContext(t.Context(), r.method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testKey)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// mock is the address of a stripe-mock that ends with the test.
func mock(t *testing.T) string {
	t.Helper()
	program, err := filepath.Abs("../../.ci/bin/stripe-mock")
	if err == nil {
		_, err = os.Stat(program)
	}
	if err != nil {
		const what = "needs stripe-mock in .ci/bin (.ci/install): %v"
		if os.Getenv("ANYSCAN_FULL") != "" {
			t.Fatalf(what, err)
		}
		t.Skipf(what, err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	cmd := exec.CommandContext(t.Context(), program, "-http-addr", address)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "Listening for HTTP") {
			return "http://" + address
		}
	}
	t.Fatal("stripe-mock does not listen")
	return ""
}
