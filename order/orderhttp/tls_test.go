package orderhttp_test

import (
	"crypto/ed25519"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/wire"
)

// A gateway that does not sign is believed by its TLS client certificate.
func TestNotifyByClientCertificate(t *testing.T) {
	key := ed25519.NewKeyFromSeed(slices.Repeat([]byte{3}, ed25519.SeedSize))
	keys, err := wire.NewKeys(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	s := newStub()
	address, transport := webtest.ServeTLS(t, key, func(address string) http.Handler {
		return newHandler(t, s, address, &orderhttp.Options{TLSKeys: keys})
	})
	notifier, err := orderhttp.NewNotifier(address+"/v1/notifications", apitest.Webhooks(t, "orderChanged", transport), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := notifier.Notify(t.Context(), s.status); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"notify " + string(s.status.Order.ID)}, s.asked()); diff != "" {
		t.Error(diff)
	}
}
