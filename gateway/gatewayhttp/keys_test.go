package gatewayhttp_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/order/wire"
)

// What the gateway publishes is what an acquirer reads, the days of a rotation
// included.
func TestKeysArePublished(t *testing.T) {
	_, old := newSigner(t, 2, nil)
	_, next := newSigner(t, 3, nil)
	keys := []wire.Key{{Public: old, NotAfter: time.Unix(2000, 0).UTC()}, {Public: next, NotBefore: time.Unix(1000, 0).UTC()}}
	a := newVisitor(t, newStub(base), &gatewayhttp.Options{Keys: keys}).Get("/v1/keys")
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/jwk-set+json" || a.Header.Get("Cache-Control") != "public, max-age=300" {
		t.Errorf("status %d, %v", a.StatusCode, a.Header)
	}
	got, err := wire.ParseKeySet([]byte(a.Text))
	if diff := cmp.Diff(keys, got); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
}

func TestNoKeysArePublished(t *testing.T) {
	if a := newVisitor(t, newStub(base), nil).Get("/v1/keys"); a.StatusCode != 404 {
		t.Errorf("status %d: %s", a.StatusCode, a.Text)
	}
}

// A secret is never published.
func TestKeysThatCannotBePublished(t *testing.T) {
	signer, pub := newSigner(t, 2, nil)
	_, err := gatewayhttp.NewHandler(newStub(base), base, directory{newKeys(t, pub), ""}, signer,
		&gatewayhttp.Options{Keys: []wire.Key{{Public: wire.NewSecret(make([]byte, 32))}}})
	if !errors.Is(err, wire.ErrKey) {
		t.Errorf("got %v", err)
	}
}
