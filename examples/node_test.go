package examples_test

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/internal/nodetest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// An acquirer and a terminal in JavaScript, written from the OpenAPI document
// alone, complete a payment at the Go gateway: over sockets, signed both ways,
// paid once, and told to the acquirer. All that they exchange passes the checker.
func TestNodeAcquirerAndTerminalPay(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	v := newVillage(t, ctx)
	code, err := v.Code(ctx, "cafe")
	if err != nil {
		t.Fatal(err)
	}
	out := nodetest.Script(t, nil, "node/terminal.mjs", code, jwkOf(v.Keys.Codes, false), v.Gateway, "blue")
	t.Logf("the terminal:\n%s", out)

	var last struct {
		Order order.ID
		State order.State
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.State != order.StatePaid {
		t.Fatalf("the terminal ends with %+v, %v", last, err)
	}
	there, err := v.AskGateway(ctx, last.Order)
	if err != nil || there.State != order.StatePaid || there.Payment.Component != "blue" {
		t.Fatalf("at the gateway the order is %+v, %v", there, err)
	}
	v.hear("notified: " + string(last.Order) + " is paid")
	here, err := scanhttp.New(v.Client(), nil).Result(ctx, there.Order.ReturnAddress)
	if diff := cmp.Diff(there, here); diff != "" || err != nil {
		t.Errorf("%v (-gateway +acquirer): %s", err, diff)
	}
}

// The terminal in JavaScript opens no code in which anything was changed, and none
// of another's key.
func TestNodeTerminalRefusesIllegalCodes(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	v := newVillage(t, ctx)
	code, err := v.Code(ctx, "cafe")
	if err != nil {
		t.Fatal(err)
	}
	good := jwkOf(v.Keys.Codes, false)
	for name, c := range map[string]struct{ code, key string }{
		"another path": {strings.Replace(code, "/m/cafe", "/m/tea", 1), good},
		"another host": {strings.Replace(code, "acquirer.", "acquired.", 1), good},
		"signature":    {code[:len(code)-9] + "AAAAAAAAA", good},
		"none":         {v.Acquirer + "/m/cafe", good},
		"added":        {code + "&a=b", good},
		"another key":  {code, jwkOf(v.Keys.Gateway, false)},
	} {
		if c.code == code && c.key == good {
			t.Fatalf("%s: nothing was changed in %s", name, code)
		}
		out, err := nodetest.Command(t, "node/terminal.mjs", c.code, c.key, v.Gateway, "blue").CombinedOutput()
		if err == nil || !strings.Contains(string(out), "the code is not legal") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// The acquirer in JavaScript takes a notification from the gateway alone, and
// only as it was sent.
func TestNodeAcquirerBelievesTheGatewayAlone(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	v := newVillage(t, ctx)
	stranger, err := wire.NewSigner(v.Keys.Codes, nil)
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := wire.NewSigner(v.Keys.Gateway, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		signer *wire.Signer
		change func(*http.Request)
		want   int
	}{
		"the gateway, of no order": {gateway, func(*http.Request) {}, 404},
		"a stranger":               {stranger, func(*http.Request) {}, 401},
		"another key":              {gateway, func(r *http.Request) { r.Header.Set("Idempotency-Key", `"other"`) }, 401},
		"another body":             {gateway, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{"order":{"id":"b"}}`)) }, 401},
		"without signature":        {gateway, func(r *http.Request) { r.Header.Del("Signature") }, 401},
	} {
		r, err := http.NewRequestWithContext(ctx, "POST", v.Acquirer+"/v1/notifications", strings.NewReader(`{"order":{"id":"a"}}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", `"one"`)
		if err := c.signer.SignRequest(r); err != nil {
			t.Fatal(err)
		}
		c.change(r)
		resp, err := v.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s: status %d, want %d", name, resp.StatusCode, c.want)
		}
	}
}

// A village has a Go gateway and wallet company, and an acquirer on Node. What
// anybody sends to gateway or acquirer passes the checker.
type village struct {
	*local.System
	t        *testing.T
	acquirer *bufio.Scanner // what it prints
}

func newVillage(t *testing.T, ctx context.Context) *village {
	t.Helper()
	first, second, wallet, back := listen(t), listen(t), listen(t), listen(t)
	s := &local.System{Acquirer: local.Address("acquirer", first), Gateway: local.Address("gateway", second), Wallet: local.Address("wallet", wallet),
		Dir: t.TempDir(), Keys: local.NewKeys(), Base: described(&http.Transport{DialContext: wire.DialLocalhost(nil)})}
	v := &village{System: s, t: t}
	v.front(first, v.startAcquirer(ctx))
	v.front(second, back.Addr().String())
	v.work(ctx, s.OpenGateway, back)
	v.work(ctx, s.OpenWallet, wallet)
	return v
}

// startAcquirer runs the acquirer and tells where it listens.
func (v *village) startAcquirer(ctx context.Context) (address string) {
	cmd := nodetest.Command(v.t, "node/acquirer.mjs")
	cmd.Env = append(cmd.Env, "BASE="+v.Acquirer, "GATEWAY="+v.Gateway,
		"KEY="+jwkOf(v.Keys.Acquirer, true))
	v.acquirer = startProgram(ctx, v.t, cmd)
	return strings.TrimPrefix(v.hear("listening at "), "listening at ")
}

// startProgram starts a program that ends with its test or with ctx, and gives
// what it prints.
func startProgram(ctx context.Context, t *testing.T, cmd *exec.Cmd) *bufio.Scanner {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() { _ = cmd.Wait() }) // it was killed
	return bufio.NewScanner(out)
}

// hear waits for a line of the acquirer that begins so.
func (v *village) hear(prefix string) string {
	v.t.Helper()
	for v.acquirer.Scan() {
		if strings.HasPrefix(v.acquirer.Text(), prefix) {
			return v.acquirer.Text()
		}
		v.t.Logf("the acquirer: %s", v.acquirer.Text())
	}
	v.t.Fatalf("the acquirer ended before it said %q", prefix)
	return ""
}

// front is the public address of a server, which the checker watches.
func (v *village) front(l net.Listener, back string) {
	c, err := checker()
	if err != nil {
		v.t.Fatal(err)
	}
	s := &http.Server{Handler: c.Handler(proxy(back))}
	go s.Serve(l)
	v.t.Cleanup(func() { s.Close() })
}

// work serves a node until the test ends.
func (v *village) work(ctx context.Context, open func(context.Context) (*roles.Node, error), l net.Listener) {
	v.t.Helper()
	node, err := open(ctx)
	if err != nil {
		v.t.Fatal(err)
	}
	ended := make(chan error, 1)
	ctx, stop := context.WithCancel(ctx)
	go func() { ended <- node.Serve(ctx, l) }()
	v.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			v.t.Error(err)
		}
	})
}

// jwkOf is a key as a JSON Web Key (RFC 8037).
func jwkOf(key ed25519.PrivateKey, private bool) string {
	encode := base64.RawURLEncoding.EncodeToString
	jwk := map[string]string{"kty": "OKP", "crv": "Ed25519", "x": encode(key.Public().(ed25519.PublicKey))}
	if private {
		jwk["d"] = encode(key.Seed())
	}
	text, err := json.Marshal(jwk)
	if err != nil {
		panic(err)
	}
	return string(text)
}
