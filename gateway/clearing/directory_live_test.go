package clearing_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/internal/jwk"
	"github.com/anyscan/anyscan/order"
)

// pathsOf are the places of the problems that an error tells.
func pathsOf(t testing.TB, err error) (paths []string) {
	t.Helper()
	bad, ok := errors.AsType[*order.Error](err)
	if !ok || bad.Code != order.CodeInvalid {
		t.Fatalf("the error is %v, want one that is invalid_request", err)
	}
	for _, p := range bad.Problems {
		paths = append(paths, p.Path)
	}
	return paths
}

func idOf(t testing.TB, pub crypto.PublicKey) string {
	t.Helper()
	id, err := jwk.ID(pub)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func otherKinds(t testing.TB) (*ecdsa.PublicKey, *rsa.PublicKey) {
	t.Helper()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	big, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return &ec.PublicKey, &big.PublicKey
}

// In a rotation the old key and the new one are both good for a while; before
// and after that each is good alone.
func TestKeysOverlapInARotation(t *testing.T) {
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	now := noon
	before, after := publicKey("before"), publicKey("after")
	a := north()
	a.Keys = []clearing.Key{{Public: before, NotAfter: noon.Add(time.Hour)}, {Public: after, NotBefore: noon}}
	a.TLSKeys = []clearing.Key{{Public: publicKey("tls"), NotAfter: noon.Add(time.Hour)}}
	d, err := clearing.NewDirectory([]clearing.Acquirer{a}, &clearing.DirectoryOptions{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[time.Duration][3]bool{-1: {true, false, true}, 0: {true, true, true}, time.Hour - 1: {true, true, true}, time.Hour: {false, true, false}} {
		now = noon.Add(at)
		for i, keys := range []interface {
			Key(context.Context, string) (crypto.PublicKey, error)
			Holder(string) (string, bool)
		}{d, d, d.TLSKeys()} {
			id := idOf(t, []ed25519.PublicKey{before, after, publicKey("tls")}[i])
			name, held := keys.Holder(id)
			_, err := keys.Key(t.Context(), id)
			if held != want[i] || held != (name == "north") || held != (err == nil) || err != nil && !errors.Is(err, order.CodeNotFound) {
				t.Errorf("key %d, %v after the change: holder %q, %v; %v; want %v", i, at, name, held, err, want[i])
			}
		}
	}
}

// Keys of all kinds are found by their thumbprint, each for its own purpose.
func TestKeysOfAllKinds(t *testing.T) {
	ec, big := otherKinds(t)
	secret := clearing.NewSharedSecret([]byte(strings.Repeat("s", 32)))
	fromEnv := clearing.NewSharedSecret([]byte(strings.Repeat("e", 32)))
	env := func(name string) (string, bool) {
		return base64.StdEncoding.EncodeToString([]byte(strings.Repeat("e", 32))) + "\n", name == "NORTH_SECRET"
	}
	a := north()
	a.Keys = []clearing.Key{{Public: ec}, {Public: secret}, {SecretEnv: "NORTH_SECRET"}}
	a.TLSKeys = []clearing.Key{{Public: big}}
	d, err := clearing.NewDirectory([]clearing.Acquirer{a}, &clearing.DirectoryOptions{LookupEnv: env})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []crypto.PublicKey{ec, secret, fromEnv} {
		got, err := d.Key(t.Context(), idOf(t, want))
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *ecdsa.PublicKey) bool { return a.Equal(b) })); err != nil || diff != "" {
			t.Errorf("%T: %v\n%s", want, err, diff)
		}
		if name, ok := d.TLSKeys().Holder(idOf(t, want)); ok {
			t.Errorf("%T, which signs messages, is a certificate's of %q", want, name)
		}
	}
	if name, ok := d.Holder(idOf(t, big)); ok {
		t.Errorf("a certificate's key signs messages for %q", name)
	}
	if got, err := d.TLSKeys().Key(t.Context(), idOf(t, big)); err != nil || !big.Equal(got) {
		t.Errorf("a certificate's key: %v, %v", got, err)
	}
	have, _ := d.Acquirer("north")
	if text := fmt.Sprintf("%v %+v", have, d); strings.Contains(text, "ssss") || strings.Contains(text, "eeee") {
		t.Errorf("a secret prints: %s", text)
	}
}

// A mistake in keys or limits is told with its place, and no secret with it.
func TestDirectoryTellsProblemsOfKeysAndLimits(t *testing.T) {
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	env := func(name string) (string, bool) {
		return map[string]string{"SHORT": "c2VjcmV0", "TEXT": "my secret!"}[name], name == "SHORT" || name == "TEXT"
	}
	a, b := north(), clearing.Acquirer{Name: "south"}
	a.Keys = []clearing.Key{{}, {SecretEnv: "MISSING"}, {SecretEnv: "SHORT"}, {SecretEnv: "TEXT"}, {SecretEnv: "$"},
		{Public: publicKey("never"), NotBefore: noon, NotAfter: noon}, {Public: publicKey("past"), NotAfter: time.Unix(-1, 0)}, {Public: publicKey("twice")}}
	a.TLSKeys = []clearing.Key{{Public: publicKey("twice")}, {SecretEnv: "SHORT"}, {Public: clearing.NewSharedSecret([]byte("x"))}}
	b.Keys = []clearing.Key{{Public: publicKey("twice")}}
	b.Limits = clearing.Limits{Amounts: map[string]int64{"CNY": 0, "a/b": 1, "EUR": 5}, Rate: -1, Burst: -1}
	b.Disabled = "\x00"
	_, err := clearing.NewDirectory([]clearing.Acquirer{a, b, {Name: "east", Limits: clearing.Limits{Rate: 5}}}, &clearing.DirectoryOptions{LookupEnv: env})
	want := []string{"/0/keys/0", "/0/keys/1/secret_env", "/0/keys/2/secret_env", "/0/keys/3/secret_env", "/0/keys/4/secret_env",
		"/0/keys/5", "/0/keys/6", "/0/tls_keys/0", "/0/tls_keys/1", "/0/tls_keys/2",
		"/1/limits/amounts/CNY", "/1/limits/amounts/a~1b", "/1/limits/rate", "/1/limits/burst", "/1/disabled", "/1/keys/0", "/2/limits/burst"}
	if diff := cmp.Diff(want, pathsOf(t, err)); diff != "" {
		t.Errorf("the problems differ (-want +got):\n%s\n%v", diff, err)
	}
	if strings.Contains(err.Error(), "secret!") || strings.Contains(err.Error(), "c2Vj") {
		t.Errorf("the error tells a secret: %v", err)
	}
}

// A directory with which a server cannot work is refused as a whole, and the
// old one stays.
func TestReplaceRefusesWhatTheServerCannotUse(t *testing.T) {
	d := newDirectory(t, north())
	blue, err := component.NewRegistry(gatewaytest.NewWallet("blue"))
	if err != nil {
		t.Fatal(err)
	}
	notify := func(a clearing.Acquirer) order.Notifier {
		if a.Name == "mute" {
			return nil
		}
		return make(acquirerEnd)
	}
	if _, err := clearing.New(t.Context(), openStore(t, tempFile(t)), d, blue, keys(1), notify, base, nil); err != nil {
		t.Fatal(err)
	}
	other := north()
	other.Name, other.Keys, other.Components = "other", nil, []string{"blue", "bleu"}
	err = d.Replace([]clearing.Acquirer{{Name: "new"}, other, {Name: "mute", Limits: clearing.Limits{Burst: 1}}})
	if diff := cmp.Diff([]string{"/2/limits/burst", "/1/components/1", "/2"}, pathsOf(t, err)); diff != "" {
		t.Errorf("the problems differ (-want +got):\n%s\n%v", diff, err)
	}
	have, ok := d.Acquirer("north")
	if diff := cmp.Diff(north(), have); !ok || diff != "" {
		t.Errorf("the old directory changed (-want +got):\n%s", diff)
	}
	for _, name := range []string{"new", "other", "mute"} {
		if _, ok := d.Acquirer(name); ok {
			t.Errorf("%q of the directory that was refused is there", name)
		}
	}
}

func TestRate(t *testing.T) {
	a := north()
	a.Limits.Rate, a.Limits.Burst = 2.5, 10
	d := newDirectory(t, a, clearing.Acquirer{Name: "south"})
	type answer struct {
		Rate    float64
		Burst   int
		Limited bool
	}
	for name, want := range map[string]answer{"north": {2.5, 10, true}, "south": {}, "nobody": {}} {
		rate, burst, limited := d.Rate(name)
		if diff := cmp.Diff(want, answer{rate, burst, limited}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
