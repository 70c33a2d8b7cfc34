package gatewayhttp_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/wire"
)

func wanted() order.IssueRequest {
	return order.IssueRequest{Kind: order.IssuedDynamic, Merchant: "tea", Address: "https://shop.example/m/tea?amount=1230.00CNY",
		Amount: yuan(123000), Expires: time.Unix(901, 0).UTC(), Key: "till-1 42"}
}

func TestCodesAreIssuedReadAndRevoked(t *testing.T) {
	s := newStub(base)
	d := acquirer(t, s, 1, 2)
	id := s.code.ID
	for what, call := range map[string]func() (order.IssuedCode, error){
		"issue":  func() (order.IssuedCode, error) { return d.Issue(t.Context(), wanted()) },
		"read":   func() (order.IssuedCode, error) { return d.Issued(t.Context(), id) },
		"revoke": func() (order.IssuedCode, error) { return d.Revoke(t.Context(), id) },
	} {
		s.calls = nil
		got, err := call()
		if diff := cmp.Diff(s.code, got); err != nil || diff != "" {
			t.Errorf("%s: %v, (-want +got):\n%s", what, err, diff)
		}
		want := map[string]string{"issue": "issue till-1 42 " + wanted().Address, "read": "issued " + string(id), "revoke": "revoke " + string(id)}[what]
		if diff := cmp.Diff([]string{"for north", want}, s.asked()); diff != "" {
			t.Errorf("%s: the caller is who signed: %s", what, diff)
		}
	}
}

func TestIssuingErrors(t *testing.T) {
	s := newStub(base)
	s.err = &order.Error{Code: order.CodeRefused, Detail: "no", Problems: []order.Problem{{Path: "/address", Detail: "is not yours"}}}
	_, err := acquirer(t, s, 1, 2).Issue(t.Context(), wanted())
	e, ok := errors.AsType[*order.Error](err)
	if !ok || e.Code != order.CodeRefused || cmp.Diff(s.err.(*order.Error).Problems, e.Problems) != "" {
		t.Errorf("got %v", err)
	}
	s = newStub(base)
	d := acquirer(t, s, 1, 2)
	keyless := wanted()
	keyless.Key = ""
	_, issue := d.Issue(t.Context(), keyless)
	_, read := d.Issued(t.Context(), "../orders/1")
	_, revoke := d.Revoke(t.Context(), "")
	for what, c := range map[string]struct {
		err  error
		want order.Code
	}{
		"no key": {issue, order.CodeIdempotencyKeyMissing}, "reading what is no ID": {read, order.CodeNotFound}, "revoking it": {revoke, order.CodeNotFound},
	} {
		if !errors.Is(c.err, c.want) || len(s.asked()) > 0 {
			t.Errorf("%s: %v, want %s; asked %v", what, c.err, c.want, s.asked())
		}
	}
}

// One key never stands for two revocations: it is the code's ID.
func TestKeyOfARevocationIsTheCodesID(t *testing.T) {
	s := newStub(base)
	n := wire.NewNetwork()
	webtest.Listen(t, n, base, newHandler(t, s, base, nil))
	transport := n.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	signer, _ := newSigner(t, 1, nil)
	_, pub := newSigner(t, 2, nil)
	signing := wire.NewTransport(transport, signer, newKeys(t, pub), nil)
	for what, c := range map[string]struct {
		change func(*http.Request)
		want   order.Code
	}{
		"another key": {func(r *http.Request) { r.Header.Set("Idempotency-Key", `"other"`) }, order.CodeInvalid},
		"no key":      {func(r *http.Request) { r.Header.Del("Idempotency-Key") }, order.CodeIdempotencyKeyMissing},
		"no ID":       {func(r *http.Request) { r.URL.Path = "/v1/codes/none/revocation" }, order.CodeNotFound},
	} {
		d, err := orderhttp.NewClearing(base, replaced{signing, c.change}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Revoke(t.Context(), s.code.ID); !errors.Is(err, c.want) || len(s.asked()) > 0 {
			t.Errorf("%s: %v, want %s; asked %v", what, err, c.want, s.asked())
		}
	}
}
