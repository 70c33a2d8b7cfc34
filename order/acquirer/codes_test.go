package acquirer_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/internal/minttest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/verify"
)

// newIssuing is a server whose codes the mint signs.
func newIssuing(t testing.TB, c order.Clearing, m *minttest.Mint) *acquirer.Server {
	t.Helper()
	return newServer(t, c, &acquirer.Options{Verify: m.Policy(t), Issuer: m})
}

// printed is a static code of the merchant.
func printed(t testing.TB, s *acquirer.Server, merchant, key string) order.IssuedCode {
	t.Helper()
	c, err := s.StaticCode(t.Context(), merchant, time.Now().AddDate(1, 0, 0), key)
	if err != nil {
		t.Fatalf("StaticCode: %v", err)
	}
	return c
}

// shown is a dynamic code of 30 yuan.
func shown(t testing.TB, s *acquirer.Server, merchant, key string) order.IssuedCode {
	t.Helper()
	c, err := s.DynamicCode(t.Context(), merchant, yuan(3000), key)
	if err != nil {
		t.Fatalf("DynamicCode: %v", err)
	}
	return c
}

// at confirms the page at a code as it is.
func at(t testing.TB, s *acquirer.Server, c order.IssuedCode, key string) (order.Confirmation, error) {
	t.Helper()
	p, err := s.Page(t.Context(), c.Address)
	return order.Confirmation{Merchant: p.Merchant, Revision: p.Revision, Total: p.Total, Key: key}, err
}

func confirmAt(t testing.TB, s *acquirer.Server, c order.IssuedCode, key string) (order.Confirmation, order.PageJump) {
	t.Helper()
	confirmation, err := at(t, s, c, key)
	if err != nil {
		t.Fatalf("Page: %v", err)
	}
	jump, err := s.Confirm(t.Context(), c.Address, confirmation)
	if err != nil {
		t.Fatalf("Confirm: %v", err)
	}
	return confirmation, jump
}

func TestCodesAreIssuedOnceForEachKey(t *testing.T) {
	m := minttest.New(nil)
	s := newIssuing(t, &peer{}, m)
	expires := time.Now().AddDate(1, 0, 0)
	issue := func(merchant, key string, expires time.Time) (order.IssuedCode, error) {
		return s.StaticCode(t.Context(), merchant, expires, key)
	}
	first, err := issue("cafe", "counter", expires)
	wantCode(t, "the first", err, "")
	again, err := issue("cafe", "counter", expires)
	wantCode(t, "the same again", err, "")
	wantSame(t, "the code", again, first)
	wantSame(t, "how often the gateway was asked", len(m.Asked()), 1)
	_, err = issue("cafe", "counter", expires.AddDate(0, 0, 1))
	wantCode(t, "another time under that key", err, order.CodeIdempotencyKeyReused)
	_, err = s.DynamicCode(t.Context(), "cafe", yuan(1), "counter")
	wantCode(t, "another kind under that key", err, order.CodeIdempotencyKeyReused)
	other, err := issue("cafe", "window", expires)
	if err != nil || other.Address == first.Address || other.ID == first.ID {
		t.Errorf("two codes of one merchant and time have one address: %v, %v", other, err)
	}
	_, err = issue("busker", "counter", expires)
	wantCode(t, "the key at another merchant", err, "")
	_, err = issue("cafe", "", expires)
	wantCode(t, "no key", err, order.CodeIdempotencyKeyMissing)
	_, err = issue("nobody", "counter", expires)
	wantCode(t, "no merchant", err, order.CodeNotFound)
	wantSame(t, "the code as it is kept", kept(t, s, first.ID), first)
}

func kept(t testing.TB, s *acquirer.Server, id order.ID) order.IssuedCode {
	t.Helper()
	c, err := s.IssuedCode(t.Context(), id)
	if err != nil {
		t.Fatalf("IssuedCode: %v", err)
	}
	return c
}

func TestLostAnswerGivesTheSameCode(t *testing.T) {
	for what, lose := range map[string]minttest.Script{
		"before": func(func() (order.IssuedCode, error)) (order.IssuedCode, error) {
			return order.IssuedCode{}, errors.New("lost")
		},
		"after": func(act func() (order.IssuedCode, error)) (order.IssuedCode, error) {
			act()
			return order.IssuedCode{}, order.Errorf(order.CodeUnavailable, "", "lost")
		},
	} {
		m := minttest.New(nil)
		s := newIssuing(t, &peer{}, m)
		m.Play(lose)
		_, err := s.DynamicCode(t.Context(), "busker", yuan(700), "receipt 1")
		wantCode(t, what+" the gateway acted", err, order.CodeUnavailable)
		m.Play(nil)
		c, err := s.DynamicCode(t.Context(), "busker", yuan(700), "receipt 1")
		wantCode(t, what+", again", err, "")
		wantSame(t, "the repeated request", m.Asked()[1], m.Asked()[0])
		wantSame(t, "how many codes there are", len(m.Codes()), 1)
		wantSame(t, "the code", m.Codes()[0], c)
	}
}

func TestRefusalOfACodeIsTheGatewaysAndFreesTheKey(t *testing.T) {
	m := minttest.New(nil)
	s := newIssuing(t, &peer{}, m)
	refusal := &order.Error{Code: order.CodeRefused, Detail: "no", Problems: []order.Problem{{Path: "/merchant", Detail: "is not registered"}}}
	m.Play(func(func() (order.IssuedCode, error)) (order.IssuedCode, error) { return order.IssuedCode{}, refusal })
	_, err := s.DynamicCode(t.Context(), "busker", yuan(700), "k")
	e, ok := errors.AsType[*order.Error](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	wantSame(t, "the refusal", e.Problems, refusal.Problems)
	m.Play(nil)
	_, err = s.DynamicCode(t.Context(), "busker", yuan(700), "k")
	wantCode(t, "the same key, when the gateway has changed its mind", err, "")
	if m.Asked()[0].Key == m.Asked()[1].Key {
		t.Error("what was refused was asked for again, with a time that has passed")
	}
}

func TestCodeThatNoPayerCouldUseIsNotGivenOut(t *testing.T) {
	for what, change := range map[string]func(*order.IssuedCode){
		"not signed":       func(c *order.IssuedCode) { c.Address = c.Address[:len(c.Address)-4] + "AAAA" },
		"another address":  func(c *order.IssuedCode) { c.Address = "https://evil.example/?v=x" },
		"another merchant": func(c *order.IssuedCode) { c.Merchant = "cafe" },
		"another amount":   func(c *order.IssuedCode) { c.Amount.Amount++ },
		"another time":     func(c *order.IssuedCode) { c.Expires = c.Expires.Add(time.Second) },
		"another kind":     func(c *order.IssuedCode) { c.Kind, c.Amount = order.IssuedStatic, order.Money{} },
		"nothing":          func(c *order.IssuedCode) { *c = order.IssuedCode{} },
	} {
		m := minttest.New(nil)
		s := newIssuing(t, &peer{}, m)
		var given order.IssuedCode
		m.Play(func(act func() (order.IssuedCode, error)) (order.IssuedCode, error) {
			c, err := act()
			given = c
			change(&c)
			return c, err
		})
		_, err := s.DynamicCode(t.Context(), "busker", yuan(700), "k")
		wantCode(t, what, err, order.CodeUnavailable)
		_, err = s.IssuedCode(t.Context(), given.ID)
		wantCode(t, what+", kept", err, order.CodeNotFound)
	}
}

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

// A payer pays no amount that stands in an address unless the clearing
// institution signed it.
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
		"signed elsewhere":           {signed, sign("?till=7&amount=1.00CNY"), ""},
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

func TestStaticCodeIsAnyNumberOfOrders(t *testing.T) {
	s := newIssuing(t, &peer{}, minttest.New(nil))
	c := printed(t, s, "cafe", "counter")
	_, first := confirmAt(t, s, c, "phone 1")
	_, second := confirmAt(t, s, c, "phone 2")
	if first.Order == second.Order {
		t.Error("two payers at a counter got one order")
	}
}

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

func TestCodeThatWasIssuedElsewhereIsLegal(t *testing.T) {
	m := minttest.New(nil)
	s := newIssuing(t, &peer{}, m)
	confirmAt(t, s, order.IssuedCode{Address: m.Sign(t, s.CodeAddress("cafe"), "cafe")}, "phone 1")
	_, err := s.RevokeCode(t.Context(), order.NewID(time.Now()))
	wantCode(t, "revoking it here", err, order.CodeNotFound)
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

func TestServerThatIssuesChecksItsCodes(t *testing.T) {
	_, err := acquirer.New(t.Context(), open(t, t.TempDir()+"/a.db"), &peer{}, merchants(), base,
		&acquirer.Options{Issuer: minttest.New(nil), DynamicLifetime: -1})
	wantSame(t, "the problems", paths(t, err), []string{"/options/dynamic_lifetime", "/options/verify"})
	s := newServer(t, &peer{}, nil)
	_, err = s.StaticCode(t.Context(), "cafe", time.Now().Add(time.Hour), "k")
	wantCode(t, "a server that issues none", err, order.CodeRefused)
}

// A policy that does not look at signatures would let whoever changes a revoked
// code open it: no code is given out then.
func TestServerThatIssuesVerifiesSignatures(t *testing.T) {
	domains, err := verify.NewDomains([]string{"acquirer.example"})
	if err != nil {
		t.Fatal(err)
	}
	hosts, err := verify.Any([]verify.Method{domains}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, &peer{}, &acquirer.Options{Issuer: minttest.New(nil), Verify: hosts})
	_, err = s.StaticCode(t.Context(), "cafe", time.Now().Add(time.Hour), "k")
	if order.CodeOf(err) != order.CodeUnavailable || !strings.Contains(err.Error(), "give it a verify.Signature") {
		t.Errorf("got %v", err)
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
