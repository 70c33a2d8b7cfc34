package acquirer_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/minttest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/verify"
)

// Behind a code with an amount is a direct page with it, whatever the merchant's
// own page is.
func TestDynamicCodeIsADirectPageWithItsAmount(t *testing.T) {
	s := newIssuing(t, &peer{}, minttest.New(nil))
	for _, merchant := range merchants() {
		c := shown(t, s, merchant.ID, "k")
		if c.Kind != order.IssuedDynamic || c.Amount != yuan(3000) || !strings.Contains(c.Address, "&amount=30.00CNY&v=") {
			t.Errorf("the code is %+v", c)
		}
		p, err := s.Page(t.Context(), c.Address)
		wantCode(t, merchant.ID, err, "")
		wantSame(t, "the page", p, order.Page{Kind: order.PageDirect, Merchant: merchant.ID, MerchantName: merchant.Name,
			Currency: "CNY", Revision: p.Revision, Total: yuan(3000)})
		other, err := s.DynamicCode(t.Context(), merchant.ID, yuan(3001), "other")
		wantCode(t, "another amount", err, "")
		q, err := s.Page(t.Context(), other.Address)
		if err != nil || q.Revision == p.Revision {
			t.Errorf("pages of two amounts have one revision: %v", err)
		}
		_, err = s.Review(t.Context(), c.Address, []order.Choice{{Item: "cup", Quantity: 1}})
		wantCode(t, "choosing goods there", err, order.CodeInvalid)
		_, jump := confirmAt(t, s, c, "key")
		wantSame(t, "what the order costs", status(t, s, jump.Order).Order.Total, yuan(3000))
	}
	_, err := s.DynamicCode(t.Context(), "cafe", order.Money{Amount: 1, Currency: "EUR"}, "k2")
	wantSame(t, "a foreign currency", paths(t, err), []string{"/amount"})
	_, err = s.DynamicCode(t.Context(), "cafe", order.Money{}, "k2")
	wantSame(t, "no amount", paths(t, err), []string{"/amount"})
}

// A payer pays no amount that stands in an address unless this acquirer asked for
// that code and the clearing institution signed it.
func TestAmountThatNobodySignedIsRefused(t *testing.T) {
	m := minttest.New(nil)
	signed := newIssuing(t, &peer{}, m)
	domains, err := verify.NewDomains([]string{"acquirer.example"})
	if err != nil {
		t.Fatal(err)
	}
	anyHost, err := verify.Any([]verify.Method{domains}, nil)
	if err != nil {
		t.Fatal(err)
	}
	code := shown(t, signed, "busker", "k").Address
	bare := signed.CodeAddress("busker") + "?amount=1.00CNY"
	sign := func(query string) string { return m.Sign(t, signed.CodeAddress("busker")+query, "busker") }
	for what, c := range map[string]struct {
		server  *acquirer.Server
		address string
		want    order.Code
	}{
		"as it was signed":           {signed, code, ""},
		"changed":                    {signed, strings.Replace(code, "30.00", "3.00", 1), order.CodeRefused},
		"added":                      {signed, code + "&amount=3.00CNY", order.CodeRefused},
		"no signature":               {signed, bare, order.CodeRefused},
		"nothing verified":           {newServer(t, &peer{}, nil), bare, order.CodeRefused},
		"the signature not verified": {newServer(t, &peer{}, nil), code, order.CodeRefused},
		"the host alone verified":    {newServer(t, &peer{}, &acquirer.Options{Verify: anyHost}), code, order.CodeRefused},
		"the host, and no amount":    {newServer(t, &peer{}, &acquirer.Options{Verify: anyHost}), signed.CodeAddress("busker"), ""},
		"signed twice over":          {signed, sign("?amount=1.00CNY&amount=1.00CNY"), order.CodeRefused},
		"signed in another spelling": {signed, sign("?amount=1CNY"), order.CodeRefused},
		"signed in another currency": {signed, sign("?amount=1.00EUR"), order.CodeRefused},
		"signed for somebody else":   {signed, sign("?till=7&amount=1.00CNY"), order.CodeRefused},
	} {
		_, err := c.server.Page(t.Context(), c.address)
		wantCode(t, what, err, c.want)
	}
}

// A code that a till goes on showing does not charge the next customer, and two
// payers who both have it open do not pay twice.
func TestDynamicCodeIsOneOrder(t *testing.T) {
	gateway := &peer{}
	s := newIssuing(t, gateway, minttest.New(nil))
	c := shown(t, s, "busker", "k")
	_, err := s.CodeOrder(t.Context(), c.ID)
	wantCode(t, "the order, before anybody confirmed", err, order.CodeNotFound)
	confirmation, jump := confirmAt(t, s, c, "phone 1")
	late, err := at(t, s, c, "phone 3")
	wantCode(t, "the page, while the order is open", err, "")
	_, second := confirmAt(t, s, c, "phone 2")
	wantSame(t, "the jump of a second phone", second, jump)
	wantSame(t, "how many orders were placed", len(gateway.orders()), 1)
	st, err := s.CodeOrder(t.Context(), c.ID)
	wantCode(t, "the order, for the till", err, "")
	wantSame(t, "its state", st.State, order.StateOpen)

	if err := s.Notify(t.Context(), told(st.Order, order.StatePaid, 2)); err != nil {
		t.Fatal(err)
	}
	_, err = s.Page(t.Context(), c.Address)
	wantCode(t, "the page, once it is paid", err, order.CodeConflict)
	_, err = s.Confirm(t.Context(), c.Address, late)
	wantCode(t, "confirming a page that was open before", err, order.CodeConflict)
	again, err := s.Confirm(t.Context(), c.Address, confirmation)
	wantCode(t, "the confirmation that was paid, repeated", err, "")
	wantSame(t, "its jump", again, jump)
	st, err = s.CodeOrder(t.Context(), c.ID)
	wantCode(t, "the order, for the till", err, "")
	wantSame(t, "its state", st.State, order.StatePaid)
	wantSame(t, "how many orders were placed", len(gateway.orders()), 1)
}

func TestDynamicCodeWhoseOrderEndedUnpaidGivesAnother(t *testing.T) {
	for _, ended := range []order.State{order.StateExpired, order.StateCanceled} {
		gateway := &peer{}
		s := newIssuing(t, gateway, minttest.New(nil))
		c := shown(t, s, "busker", "k")
		_, first := confirmAt(t, s, c, "phone 1")
		if err := s.Notify(t.Context(), told(gateway.orders()[0], ended, 2)); err != nil {
			t.Fatal(err)
		}
		_, second := confirmAt(t, s, c, "phone 2")
		st, err := s.CodeOrder(t.Context(), c.ID)
		if err != nil || second.Order == first.Order || st.Order.ID != second.Order {
			t.Errorf("%s: orders %s and %s, the till is told of %s (%v)", ended, first.Order, second.Order, st.Order.ID, err)
		}
	}
}

func TestDynamicCodeAtTheSameMomentIsOneOrder(t *testing.T) {
	gateway := &peer{}
	s := newIssuing(t, gateway, minttest.New(nil))
	c := shown(t, s, "busker", "k")
	jumps := make([]order.PageJump, 16)
	var all sync.WaitGroup
	for i := range jumps {
		all.Go(func() {
			confirmation, err := at(t, s, c, fmt.Sprint("phone ", i))
			if err == nil {
				jumps[i], err = s.Confirm(t.Context(), c.Address, confirmation)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, jump := range jumps {
		wantSame(t, "the jump", jump, jumps[0])
	}
	for _, o := range gateway.orders() {
		wantSame(t, "the order that was placed", o.ID, jumps[0].Order)
	}
}

func TestDynamicCodeEnds(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 500, time.UTC)
	clock := func() time.Time { return now }
	m := minttest.New(clock)
	s := newServer(t, &peer{}, &acquirer.Options{Verify: m.Policy(t), Issuer: m, Now: clock})
	c := shown(t, s, "busker", "k")
	wantSame(t, "its end", c.Expires, now.Add(5*time.Minute).Truncate(time.Second))
	now = now.Add(5 * time.Minute)
	_, err := s.Page(t.Context(), c.Address)
	wantCode(t, "after its time", err, order.CodeRefused)
	again, err := s.DynamicCode(t.Context(), "busker", yuan(3000), "k")
	wantCode(t, "asked for again", err, "")
	wantSame(t, "the code", again, c)
}
