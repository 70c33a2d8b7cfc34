package webhook

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/anyscan/anyscan/internal/nodetest"
	"github.com/anyscan/anyscan/order"

	"github.com/google/go-cmp/cmp"
)

func testKeys() Keys { return Keys{1: {1}, 2: {2}} }

// message is a webhook as it leaves.
func message(t testing.TB, k Keys, endpoint, id order.ID, at time.Time, body []byte, refs ...secretRef) http.Header {
	t.Helper()
	h, ok := k.sign(endpoint, id, at, body, refs)
	if !ok {
		t.Fatal("nothing signs")
	}
	return h
}

// Secrets are computed for one endpoint, version and generation, and have the
// forms and lengths of the specification.
func TestSecretsAreTheirOwn(t *testing.T) {
	k, seen := testKeys(), map[string]bool{}
	for _, endpoint := range []order.ID{"a", "b"} {
		for _, r := range []secretRef{{Generation: 1, Version: 1}, {Generation: 2, Version: 1}, {Generation: 1, Version: 2}} {
			shared, ok := k.sharedText(endpoint, r)
			public := k.publicText(endpoint, r)
			if raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(string(shared), "whsec_")); !ok || err != nil || len(raw) != 32 {
				t.Errorf("the secret of %s %v has another form", endpoint, r)
			}
			if raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(public, "whpk_")); err != nil || len(raw) != ed25519.PublicKeySize {
				t.Errorf("the key of %s %v is %q", endpoint, r, public)
			}
			if seen[string(shared)] || seen[public] {
				t.Errorf("the keys of %s %v are those of another", endpoint, r)
			}
			seen[string(shared)], seen[public] = true, true
			private, _ := k.private(endpoint, r)
			if raw, _ := k.shared(endpoint, r); bytes.Equal(raw, private.Seed()) {
				t.Error("both keys are one")
			}
		}
	}
	if _, ok := k.sharedText("a", secretRef{Generation: 1, Version: 3}); ok || k.publicText("a", secretRef{Version: 3}) != "" {
		t.Error("a version that is not held makes keys")
	}
}

// npm standardwebhooks and svix verify v1, Node's crypto v1a; each refuses a
// webhook of which a body, an ID or a timestamp was changed, and one with
// another secret.
func TestNodeVerifies(t *testing.T) {
	k, at, body := testKeys(), time.Now(), []byte(`{"type":"order.paid","timestamp":"2026-11-23T09:00:00Z","data":{"text":"茶 \u003c"}}`)
	refs := []secretRef{{Generation: 2, Version: 2}, {Generation: 1, Version: 1}}
	h := message(t, k, "e", "06h0ffd9", at, body, refs...)
	headers := func(change string, value string) map[string]string {
		m := map[string]string{}
		for name := range h {
			m[strings.ToLower(name)] = h.Get(name)
		}
		if change != "" {
			m[change] = value
		}
		return m
	}
	type webhook struct {
		Name    string            `json:"name"`
		Secret  string            `json:"secret"`
		Public  string            `json:"public"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
	}
	newest, _ := k.sharedText("e", refs[0])
	older, _ := k.sharedText("e", refs[1])
	foreign, _ := k.sharedText("f", refs[0])
	good := func(name string) webhook {
		return webhook{name, string(newest), k.publicText("e", refs[0]), headers("", ""), string(body)}
	}
	all := []webhook{good("newest"), good("older"), good("body"), good("id"), good("timestamp"), good("secret")}
	all[1].Secret, all[1].Public = string(older), k.publicText("e", refs[1])
	all[2].Body = strings.Replace(all[2].Body, "paid", "pait", 1)
	all[3].Headers = headers("webhook-id", "06h0ffd8")
	all[4].Headers = headers("webhook-timestamp", fmt.Sprint(at.Unix()+1))
	all[5].Secret, all[5].Public = string(foreign), k.publicText("f", refs[0])
	input, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]map[string]string
	if err := json.Unmarshal(nodetest.Script(t, input, "testdata/verify.mjs"), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]string{}
	for _, w := range all {
		verdicts := map[string]string{"standardwebhooks": "No matching signature found", "svix": "No matching signature found", "v1a": "no matching signature"}
		if w.Name == "newest" || w.Name == "older" {
			verdicts = map[string]string{"standardwebhooks": "ok", "svix": "ok", "v1a": "ok"}
		}
		want[w.Name] = verdicts
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Node's verdicts (-want +got):\n%s", diff)
	}
}

// A key that is not held does not sign; without any the webhook is not sent.
func TestRevokedKeysDoNotSign(t *testing.T) {
	k := testKeys()
	delete(k, 1)
	refs := []secretRef{{Generation: 2, Version: 2}, {Generation: 1, Version: 1}}
	h := message(t, k, "e", "i", time.Unix(1, 0), nil, refs...)
	if n := len(strings.Fields(h.Get(standard.HeaderWebhookSignature))); n != 2 {
		t.Errorf("%d signatures, want those of one key", n)
	}
	if _, ok := k.sign("e", "i", time.Unix(1, 0), nil, refs[1:]); ok {
		t.Error("a key that was given up signs")
	}
}

// However it is printed, a secret shows nothing of itself.
func TestSecretsNeverPrint(t *testing.T) {
	k := Keys{1: {'s', 'e', 'e', 'n'}}
	shared, _ := k.sharedText("e", secretRef{Generation: 1, Version: 1})
	told := order.EndpointKeys{Secret: shared}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("keys", "keys", k, "one", k[1], "told", told, "secret", shared)
	slog.New(slog.NewTextHandler(&log, nil)).Info("keys", "keys", k, "one", k[1], "told", told, "secret", shared)
	encoded, err := json.Marshal([]any{k, told, shared})
	if err != nil {
		t.Fatal(err)
	}
	all := log.String() + string(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		all += fmt.Sprintf(verb, k) + fmt.Sprintf(verb, told) + fmt.Sprintf(verb, &told) + fmt.Sprintf(verb, shared)
	}
	for _, trace := range []string{"seen", "7365656e", "whsec_", "115", "7768736563"} {
		if strings.Contains(all, trace) {
			t.Errorf("%q shows in %s", trace, all)
		}
	}
}

// FuzzSigned: whatever the body, what we send verifies by the standard library,
// and does not when a byte of it is changed.
func FuzzSigned(f *testing.F) {
	f.Add([]byte(`{"type":"order.paid"}`), "06h0ffd9", int64(1764000000), uint(3))
	f.Add([]byte(""), "", int64(0), uint(0))
	f.Add([]byte("\x00\xff. ,v1,"), "a", int64(-1), uint(2))
	k := testKeys()
	ref := secretRef{Generation: 1, Version: 1}
	raw, _ := k.shared("e", ref)
	verifier, err := standard.NewWebhookRaw(raw)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, id string, at int64, where uint) {
		id = strings.Map(func(r rune) rune {
			if r > ' ' && r < 127 {
				return r
			}
			return -1
		}, id) + "i"
		h := message(t, k, "e", order.ID(id), time.Unix(at, 0), body, ref)
		if err := verifier.VerifyIgnoringTimestamp(body, h); err != nil {
			t.Fatalf("%q with %v: %v", body, h, err)
		}
		if len(body) > 0 {
			body[where%uint(len(body))] ^= 1
			if verifier.VerifyIgnoringTimestamp(body, h) == nil {
				t.Fatalf("%q passes with %v", body, h)
			}
		}
	})
}

// FuzzRetryAfter: whatever stands there, a wait is between nothing and a day.
func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "5", "3600", "-1", "99999999999999999999", "Wed, 25 Nov 2026 18:00:00 GMT", "1.5", "٣", " 7 ", "Mon, 01 Jan 9999 00:00:00 GMT"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		d := retryAfter(http.Header{"Retry-After": {value}}, time.Unix(1764000000, 0))
		if d < 0 || d > 24*time.Hour {
			t.Errorf("%q means %v", value, d)
		}
	})
}
