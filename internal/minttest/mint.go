// Package minttest is a clearing institution's desk for codes as tests want it:
// it signs what it is asked for, without rules, and can be made to fail.
//
//	acquirer.Server ── order.Issuer ──▶ Mint     (you are here)
//
// # Errors
//
// Its errors are those that the test scripts, and those of package verify.
//
// # Concurrency
//
// A Mint is safe for concurrent use; its scripts are set before.
//
// # Security
//
// Its key is a constant. It must never be configured outside a test.
package minttest

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/verify"
)

// Mint issues codes.
type Mint struct {
	now func() time.Time

	mu      sync.Mutex
	script  Script
	down    bool
	issued  map[string]order.IssuedCode // by key
	asked   []order.IssueRequest
	revoked []order.ID
}

var _ order.Issuer = (*Mint)(nil)

// Script stands around a call of Issue. Calling act does what Issue does.
type Script func(act func() (order.IssuedCode, error)) (order.IssuedCode, error)

// New makes a mint; a nil clock is time.Now.
func New(now func() time.Time) *Mint {
	if now == nil {
		now = time.Now
	}
	return &Mint{now: now, issued: map[string]order.IssuedCode{}}
}

func key() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte("a constant: this is a test's key"))
}

// Public is the half of the key that terminals know.
func (m *Mint) Public() crypto.PublicKey { return key().Public() }

// Policy accepts what mints signed, also on *.localhost.
func (m *Mint) Policy(t testing.TB) *verify.Policy {
	t.Helper()
	signature, err := verify.NewSignature([]verify.Key{{Public: m.Public()}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := verify.Any([]verify.Method{signature}, &verify.Options{Now: m.now, Development: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Sign is the address of a code that was signed elsewhere, good for a day.
func (m *Mint) Sign(t testing.TB, address, merchant string) string {
	t.Helper()
	c, err := m.sign(order.IssueRequest{Address: address, Merchant: merchant, Expires: m.now().Add(24 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return c.Address
}

// Issue implements [order.Issuer].
func (m *Mint) Issue(_ context.Context, r order.IssueRequest) (order.IssuedCode, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, r)
	act := func() (order.IssuedCode, error) { return m.issue(r) }
	if m.script != nil {
		return m.script(act)
	}
	return act()
}

func (m *Mint) issue(r order.IssueRequest) (c order.IssuedCode, err error) {
	c, ok := m.issued[r.Key]
	if !ok {
		c, err = m.sign(r)
		m.issued[r.Key] = c
	}
	return c, err
}

func (m *Mint) sign(r order.IssueRequest) (order.IssuedCode, error) {
	now := m.now().UTC().Truncate(time.Microsecond)
	c := order.IssuedCode{ID: order.NewID(now), Kind: r.Kind, Merchant: r.Merchant, Amount: r.Amount, Issued: now, Expires: r.Expires}
	address, err := verify.Parse(r.Address, &verify.Options{Development: true})
	if err == nil {
		address, err = verify.Sign(key(), address, verify.Claims{Expires: r.Expires, Merchant: r.Merchant})
	}
	c.Address = address.String()
	return c, err
}

// Issued implements [order.Issuer].
func (m *Mint) Issued(_ context.Context, id order.ID) (order.IssuedCode, error) {
	for _, c := range m.Codes() {
		if c.ID == id {
			return c, nil
		}
	}
	return order.IssuedCode{}, order.Errorf(order.CodeNotFound, "minttest", "there is no such code")
}

// Revoke implements [order.Issuer].
func (m *Mint) Revoke(ctx context.Context, id order.ID) (order.IssuedCode, error) {
	if !m.heard(id) {
		return order.IssuedCode{}, errors.New("nobody answers, as the test wants it")
	}
	return m.Issued(ctx, id)
}

func (m *Mint) heard(id order.ID) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.down {
		m.revoked = append(m.revoked, id)
	}
	return !m.down
}

// Play sets what stands around each call of Issue; nil is nothing.
func (m *Mint) Play(s Script) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.script = s
}

// Reach tells whether Revoke is reached from now on.
func (m *Mint) Reach(up bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = !up
}

// Codes are those that were issued.
func (m *Mint) Codes() (all []order.IssuedCode) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.issued {
		all = append(all, c)
	}
	return all
}

// Asked are the requests of every call of Issue.
func (m *Mint) Asked() []order.IssueRequest {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.asked)
}

// Told are the codes of every call of Revoke that was reached.
func (m *Mint) Told() []order.ID {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.revoked)
}
