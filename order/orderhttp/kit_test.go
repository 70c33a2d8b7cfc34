package orderhttp_test

import (
	"crypto/rand"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/internal/minttest"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/ordertest"
	"github.com/anyscan/anyscan/order/store/sqlite"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// remote is an acquirer that is reached over HTTP: by terminals, and by the
// gateway.
type remote struct {
	order.Storefront
	order.Notifier
}

// newAcquirer is a real acquirer in front of the clearing institution c.
func newAcquirer(t *testing.T, c order.Clearing, base string) *acquirer.Server {
	t.Helper()
	mint := minttest.New(nil)
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "acquirer.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	server, err := acquirer.New(t.Context(), s, c, acquirer.Merchants{
		{ID: "cafe", Name: "Corner Café", Currency: "CNY", Direct: &acquirer.Direct{Amount: yuan(2500)}},
		{ID: "busker", Name: "Busker", Currency: "CNY", Direct: &acquirer.Direct{Max: yuan(50000)}},
		{ID: "teahouse", Name: "Jade Teahouse", Currency: "CNY", Goods: []order.Item{
			{ID: "oolong", Name: "Oolong, 100 g", Price: yuan(6800)}, {ID: "cup", Name: "Cup, celadon", Price: yuan(3200)},
		}},
	}, base, &acquirer.Options{Issuer: mint, Verify: mint.Policy(t)})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// newHandlerFor serves the server for the kit's gateway.
func newHandlerFor(t *testing.T, s order.FirstServer, base string) http.Handler {
	t.Helper()
	h, err := orderhttp.NewHandler(s, base, ordertest.GatewayOrigin, newIdentity(t, 2, nil).keys, newIdentity(t, 1, nil).signer, formKey(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return apitest.Handler(t, h)
}

// reach is the acquirer at base by the transport. It tries nothing again: the kit
// loses answers on purpose.
func reach(t *testing.T, base string, transport http.RoundTripper) order.FirstServer {
	t.Helper()
	signing := wire.NewTransport(transport, newIdentity(t, 2, nil).signer, newIdentity(t, 1, nil).keys, nil)
	notifier, err := orderhttp.NewNotifier(base+"/v1/notifications", signing, nil)
	if err != nil {
		t.Fatal(err)
	}
	return remote{scanhttp.New(&http.Client{Transport: transport}, &scanhttp.Options{Retries: -1}), notifier}
}

// printed is the address of a code for the merchant's counter.
func printed(t *testing.T, at *acquirer.Server, merchant string) string {
	t.Helper()
	c, err := at.StaticCode(t.Context(), merchant, time.Now().Add(time.Hour), rand.Text())
	if err != nil {
		t.Fatal(err)
	}
	return c.Address
}

// shown is the address of a code with an amount, for a till's screen.
func shown(t *testing.T, at *acquirer.Server, merchant string, amount order.Money) string {
	t.Helper()
	c, err := at.DynamicCode(t.Context(), merchant, amount, rand.Text())
	if err != nil {
		t.Fatal(err)
	}
	return c.Address
}

// revoked is the address of a code that was taken back.
func revoked(t *testing.T, at *acquirer.Server, merchant string) string {
	t.Helper()
	c, err := at.StaticCode(t.Context(), merchant, time.Now().Add(time.Hour), rand.Text())
	if err == nil {
		_, err = at.RevokeCode(t.Context(), c.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c.Address
}

func subject(t *testing.T, s order.FirstServer, at *acquirer.Server) ordertest.Subject {
	t.Helper()
	return ordertest.Subject{Server: s, Fixed: printed(t, at, "cafe"), Entered: printed(t, at, "busker"), Shop: printed(t, at, "teahouse"),
		Dynamic: shown(t, at, "teahouse", yuan(3000)), Revoked: revoked(t, at, "cafe")}
}

func TestAcquirerKeepsTheContractInProcess(t *testing.T) {
	ordertest.Run(t, func(t *testing.T, c order.Clearing) ordertest.Subject {
		server := newAcquirer(t, c, base)
		n := wire.NewNetwork()
		webtest.Listen(t, n, base, newHandlerFor(t, server, base))
		transport := n.Transport()
		t.Cleanup(transport.CloseIdleConnections)
		return subject(t, reach(t, base, transport), server)
	})
}

func TestAcquirerKeepsTheContractOnSockets(t *testing.T) {
	ordertest.Run(t, func(t *testing.T, c order.Clearing) ordertest.Subject {
		var server *acquirer.Server
		base := webtest.Serve(t, "acquirer", func(base string) http.Handler {
			server = newAcquirer(t, c, base)
			return newHandlerFor(t, server, base)
		})
		transport := scanhttp.LocalhostClient().Transport.(*http.Transport)
		t.Cleanup(transport.CloseIdleConnections)
		return subject(t, reach(t, base, transport), server)
	})
}
