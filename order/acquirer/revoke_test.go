package acquirer_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/internal/minttest"
	"github.com/anyscan/anyscan/order"
)

func TestRevokedCodeStopsAtOnce(t *testing.T) {
	m := minttest.New(nil)
	s := newIssuing(t, &peer{}, m)
	for _, merchant := range []string{"cafe", "teahouse"} {
		c, other := printed(t, s, merchant, "counter"), printed(t, s, merchant, "window")
		open, err := at(t, s, c, "phone 2")
		wantCode(t, "the page", err, "")
		var before order.Confirmation
		var jump order.PageJump
		if merchant == "cafe" {
			before, jump = confirmAt(t, s, c, "phone 1")
		}
		m.Reach(false)
		revoked, err := s.RevokeCode(t.Context(), c.ID)
		wantCode(t, "revoking while the gateway is away", err, "")
		wantSame(t, "the code as it is kept", kept(t, s, c.ID), revoked)
		again, err := s.RevokeCode(t.Context(), c.ID)
		wantCode(t, "revoking again", err, "")
		wantSame(t, "the code", again, revoked)

		_, err = s.Page(t.Context(), c.Address)
		wantCode(t, "its page", err, order.CodeRevoked)
		_, err = s.Review(t.Context(), c.Address, []order.Choice{{Item: "cup", Quantity: 1}})
		wantCode(t, "its order information page", err, order.CodeRevoked)
		if merchant == "cafe" {
			_, err = s.Confirm(t.Context(), c.Address, open)
			wantCode(t, "confirming a page that was open before", err, order.CodeRevoked)
			again, err := s.Confirm(t.Context(), c.Address, before)
			wantCode(t, "a confirmation from before, repeated", err, "")
			wantSame(t, "its jump", again, jump)
		}
		_, err = s.Page(t.Context(), other.Address)
		wantCode(t, "the merchant's other code", err, "")
	}
	_, err := s.RevokeCode(t.Context(), order.NewID(time.Now()))
	wantCode(t, "revoking a code that was not issued here", err, order.CodeNotFound)
}

// No other spelling of a revoked code's address opens it.
func TestRevokedCodeHasOneSpelling(t *testing.T) {
	s := newIssuing(t, &peer{}, minttest.New(nil))
	c := printed(t, s, "cafe", "counter")
	if _, err := s.RevokeCode(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{
		c.Address + "#", c.Address + "#x", c.Address + "&", c.Address + "&x=1", strings.Replace(c.Address, "?", "?x=1&", 1), strings.Replace(c.Address, "https", "HTTPS", 1),
		strings.Replace(c.Address, "acquirer.example", "acquirer.example:443", 1), strings.Replace(c.Address, "acquirer", "Acquirer", 1),
		strings.Replace(c.Address, "cafe", "c%61fe", 1), strings.Replace(c.Address, "v=", "%76=", 1), c.Address + "=",
	} {
		if p, err := s.Page(t.Context(), address); err == nil {
			t.Errorf("%s opens %+v", address, p)
		}
	}
}

func TestGatewayIsToldOfRevocationsUntilItKnows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := minttest.New(nil)
		s := newIssuing(t, &peer{}, m)
		run(t, s)
		near := printed(t, s, "cafe", "counter")
		if _, err := s.RevokeCode(t.Context(), near.ID); err != nil {
			t.Fatal(err)
		}
		wantSame(t, "what it was told at once", m.Told(), []order.ID{near.ID})
		far := printed(t, s, "cafe", "window")
		m.Reach(false)
		if _, err := s.RevokeCode(t.Context(), far.ID); err != nil {
			t.Fatal(err)
		}
		later(10 * time.Minute)
		wantSame(t, "what it was told while it was away", m.Told(), []order.ID{near.ID})
		m.Reach(true)
		later(24 * time.Hour)
		wantSame(t, "what it was told in the end", m.Told(), []order.ID{near.ID, far.ID})
	})
}
