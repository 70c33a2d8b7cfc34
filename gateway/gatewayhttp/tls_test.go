package gatewayhttp_test

import (
	"crypto/ed25519"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/wire"
)

// south is an acquirer by its TLS client certificate.
type south struct{ wire.Keys }

func (s south) Holder(string) (string, bool) { return "south", true }

// An acquirer that does not sign is who its certificate's key says, looked up
// among such keys, even if another acquirer signs with the same one.
func TestClientCertificate(t *testing.T) {
	key := ed25519.NewKeyFromSeed(slices.Repeat([]byte{1}, ed25519.SeedSize)) // north signs with it
	var s *stub
	address, transport := webtest.ServeTLS(t, key, func(address string) http.Handler {
		s = newStub(address)
		return newHandler(t, s, address, &gatewayhttp.Options{TLSKeys: south{newKeys(t, key.Public().(ed25519.PublicKey))}})
	})
	c, err := orderhttp.NewClearing(address, transport, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Place(t.Context(), s.session.Order); err != nil {
		t.Fatal(err)
	}
	id := string(s.session.Order.ID)
	if diff := cmp.Diff([]string{"for south", "place " + id}, s.asked()); diff != "" {
		t.Error(diff)
	}
	// Where no such keys are given, a certificate is nothing.
	address, transport = webtest.ServeTLS(t, key, func(address string) http.Handler { return newHandler(t, newStub(address), address, nil) })
	if c, err = orderhttp.NewClearing(address, transport, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Place(t.Context(), s.session.Order); order.CodeOf(err) != order.CodeUnauthenticated {
		t.Errorf("a certificate that nobody registered: %v", err)
	}
}
