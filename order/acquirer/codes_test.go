package acquirer_test

import (
	"errors"
	"strings"
	"testing"
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

func TestStaticCodeIsAnyNumberOfOrders(t *testing.T) {
	s := newIssuing(t, &peer{}, minttest.New(nil))
	c := printed(t, s, "cafe", "counter")
	_, first := confirmAt(t, s, c, "phone 1")
	_, second := confirmAt(t, s, c, "phone 2")
	if first.Order == second.Order {
		t.Error("two payers at a counter got one order")
	}
}

func TestCodeThatWasIssuedElsewhereIsLegal(t *testing.T) {
	m := minttest.New(nil)
	s := newIssuing(t, &peer{}, m)
	confirmAt(t, s, order.IssuedCode{Address: m.Sign(t, s.CodeAddress("cafe"), "cafe")}, "phone 1")
	_, err := s.RevokeCode(t.Context(), order.NewID(time.Now()))
	wantCode(t, "revoking it here", err, order.CodeNotFound)
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
