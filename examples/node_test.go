package examples_test

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/examples/internal/program"
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
	out := nodetest.Script(t, nil, "node/terminal.mjs", code, jwkOf(v.Keys.Codes), v.Gateway, "blue")
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
	good := jwkOf(v.Keys.Codes)
	for name, c := range map[string]struct{ code, key string }{
		"another path": {strings.Replace(code, "/m/cafe", "/m/tea", 1), good},
		"another host": {strings.Replace(code, "acquirer.", "acquired.", 1), good},
		"signature":    {code[:len(code)-9] + "AAAAAAAAA", good},
		"none":         {v.Acquirer + "/m/cafe", good},
		"added":        {code + "&a=b", good},
		"another key":  {code, jwkOf(v.Keys.Gateway)},
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
		resp, err := v.forger().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s: status %d, want %d", name, resp.StatusCode, c.want)
		}
	}
}

// What is not the JSON that the document asks for is told as the sender's mistake,
// with its kind and never as a fault of the server; the signed way too.
func TestNodeAcquirerTellsWhatIsMalformed(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	v := newVillage(t, ctx)
	gateway, err := wire.NewSigner(v.Keys.Gateway, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"empty":     "",
		"cut":       `{"order":{"id":`,
		"two":       `{}{}`,
		"null":      "null",
		"a list":    "[]",
		"a text":    `"order"`,
		"not UTF-8": "{\"a\":\"\xff\"}",
		"a form":    "merchant=cafe&revision=r1",
		"deep":      strings.Repeat("[", 100_000),
	} {
		for path, sign := range map[string]func(*http.Request) error{"/m/cafe/orders": unsigned, "/v1/notifications": gateway.SignRequest} {
			if got := v.post(ctx, path, body, sign); !errors.Is(got, order.CodeInvalid) {
				t.Errorf("%s at %s: %v", name, path, got)
			}
		}
	}
	large := `"` + strings.Repeat("a", 1<<20) + `"` // which our signer refuses already
	if got := v.post(ctx, "/v1/notifications", large, unsigned); !errors.Is(got, order.CodeTooLarge) {
		t.Errorf("more than 1 MiB: %v", got)
	}
}

// The acquirer in JavaScript takes the file of secrets that the acquirer in Go
// makes, and is the same acquirer with it; without a key it says what one is.
func TestNodeAcquirerTakesTheKeysOfTheGoAcquirer(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	file := filepath.Join(t.TempDir(), "bank.json")
	lookup, err := program.Kept(file, []string{"ACQUIRER_KEY", "ACQUIRER_FORMS"})
	if err != nil {
		t.Fatal(err)
	}
	read := program.NewSecrets(lookup)
	keys := local.NewKeys()
	keys.Acquirer = read.Key("the key", "ACQUIRER_KEY")
	if err := read.Err(); err != nil {
		t.Fatal(err)
	}
	v := newVillageOf(t, ctx, keys, "KEYS="+file)
	code, err := v.Code(ctx, "cafe")
	if err != nil {
		t.Fatal(err)
	}
	nodetest.Script(t, nil, "node/terminal.mjs", code, jwkOf(v.Keys.Codes), v.Gateway, "blue") // the gateway knows the key that orders are signed with

	for name, wrong := range map[string]string{"none": "", "a JWK": jwkOf(keys.Codes), "31 bytes": seedText(keys.Acquirer[:31]), "no base64": strings.Repeat("!", 44)} {
		cmd := nodetest.Command(t, "node/acquirer.mjs")
		cmd.Env = append(cmd.Env, "BASE="+v.Acquirer, "GATEWAY="+v.Gateway, "ACQUIRER_KEY="+wrong)
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "ACQUIRER_KEY does not hold 32 bytes in base64") || wrong != "" && strings.Contains(string(out), wrong) {
			t.Errorf("%s: %v\n%s", name, err, out)
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
	keys := local.NewKeys()
	return newVillageOf(t, ctx, keys, "ACQUIRER_KEY="+seedText(keys.Acquirer.Seed()))
}

// newVillageOf has the keys, of which the acquirer learns its own from its
// environment.
func newVillageOf(t *testing.T, ctx context.Context, keys *local.Keys, env string) *village {
	t.Helper()
	first, second, wallet, back := listen(t), listen(t), listen(t), listen(t)
	s := &local.System{Acquirer: local.Address("acquirer", first), Gateway: local.Address("gateway", second), Wallet: local.Address("wallet", wallet),
		Dir: t.TempDir(), Keys: keys, Base: described(&http.Transport{DialContext: wire.DialLocalhost(nil)})}
	v := &village{System: s, t: t}
	v.front(first, v.startAcquirer(ctx, env))
	v.front(second, back.Addr().String())
	v.work(ctx, s.OpenGateway, back)
	v.work(ctx, s.OpenWallet, wallet)
	return v
}

// startAcquirer runs the acquirer and tells where it listens.
func (v *village) startAcquirer(ctx context.Context, env string) (address string) {
	cmd := nodetest.Command(v.t, "node/acquirer.mjs")
	cmd.Env = append(cmd.Env, "BASE="+v.Acquirer, "GATEWAY="+v.Gateway, env)
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

// forger sends what the gateway would not: only the acquirer's front compares it.
func (v *village) forger() *http.Client {
	transport := &http.Transport{DialContext: wire.DialLocalhost(nil)}
	v.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func unsigned(*http.Request) error { return nil }

// post posts a body to the acquirer, and gives the error that it answers.
func (v *village) post(ctx context.Context, path, body string, sign func(*http.Request) error) error {
	v.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, v.Acquirer+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", `"one"`)
	if err := sign(r); err != nil {
		v.t.Fatal(err)
	}
	resp, err := v.forger().Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	return wire.ReadError(resp)
}

// seedText is a secret as files and the environment hold it.
func seedText(raw []byte) string { return base64.StdEncoding.EncodeToString(raw) }

// jwkOf is the public half of a key as a JSON Web Key (RFC 8037).
func jwkOf(key ed25519.PrivateKey) string {
	return fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","x":%q}`, base64.RawURLEncoding.EncodeToString(key.Public().(ed25519.PublicKey)))
}
