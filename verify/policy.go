package verify

import (
	"context"
	"time"
)

// Verifier decides whether the address read from a code may be opened.
// [Policy] is one; who brings another runs verifytest against it.
type Verifier interface {
	// Verify returns a verdict, or a [*RejectedError]. Any error means: do
	// not open. It is safe for concurrent use.
	Verify(ctx context.Context, raw string) (Verdict, error)
}

// Method is one way to tell that an address may be opened: [Domains],
// [AgreedString], [Signature], or your own. It is safe for concurrent use.
type Method interface {
	// Name is stable and machine-readable, such as "domain".
	Name() string
	// Check returns what accepted the address, or an error, a [*Reason] at
	// best. now is the time to compare expiry with.
	Check(ctx context.Context, a Address, now time.Time) (Match, error)
}

// Match says what in a method accepted an address.
type Match struct {
	Method   string    // [Method.Name]; a [Policy] fills it in
	Rule     string    // the rule or agreed string
	Key      string    // the signing key's [Key.ID]
	Merchant Merchant  // whom the code is bound to; zero if to nobody
	Expires  time.Time // when the code ceases to be legal; zero if never
	Scope    Scope     // how much of the address is signed
	Code     CodeID    // which signed code it is; zero if it is not signed
}

// Verdict is the permission to open an address.
type Verdict struct {
	Address Address // open this, never what was scanned
	Matches []Match // one, or with [All] one of each method in order
}

// Merchant returns whom the code is bound to; zero if to nobody.
func (v Verdict) Merchant() Merchant {
	for _, m := range v.Matches {
		if m.Merchant != (Merchant{}) {
			return m.Merchant
		}
	}
	return Merchant{}
}

// Expires returns the earliest expiry of all matches; zero if there is none.
func (v Verdict) Expires() (earliest time.Time) {
	for _, m := range v.Matches {
		if earliest.IsZero() || !m.Expires.IsZero() && m.Expires.Before(earliest) {
			earliest = m.Expires
		}
	}
	return earliest
}

// Options are for [Parse] and the policies. A nil *Options means all defaults.
type Options struct {
	// Development also lets addresses on *.localhost pass the grammar, over
	// http too, so that whole systems run on one machine. NEVER set it in
	// what is shipped: it lets a scanned code reach services on the terminal
	// itself. They still need a rule or a signature. Default: false.
	Development bool
	// Now is the clock that expiry is checked against. Default: time.Now.
	Now func() time.Time
}

// Policy verifies addresses by a list of methods. It never changes; to rotate
// rules or keys, make another one. The zero Policy refuses everything.
type Policy struct {
	methods []Method
	mode    mode
	options Options
}

var _ Verifier = (*Policy)(nil)

// Any makes a policy that accepts what at least one method accepts. Methods
// are asked in order and the first to accept decides: put the one whose
// verdict you need, such as [Signature], first. The error is an
// [*ArgumentError]; a policy without methods is one.
func Any(methods []Method, o *Options) (*Policy, error) { return newPolicy(methods, modeAny, o) }

// All makes a policy that accepts what every method accepts. The error is an
// [*ArgumentError]; a policy without methods is one.
func All(methods []Method, o *Options) (*Policy, error) { return newPolicy(methods, modeAll, o) }

// Ordered makes a policy in which the first method decides that finds something
// of its own in the address. A method passes an address on that it has nothing to
// say about, with [CodeNoToken], [CodeNoRule] or [CodeNoString]; every other
// refusal is final. So an expired or a forged signature is refused although the
// host is legal, which [Any] would open. The error is an [*ArgumentError]; a
// policy without methods is one.
func Ordered(methods []Method, o *Options) (*Policy, error) {
	return newPolicy(methods, modeOrdered, o)
}

// Hosts makes a policy that accepts exactly the named hosts, on any port and
// path: the usual policy for gateway addresses. The error is an
// [*ArgumentError], or several joined.
func Hosts(hosts []string, o *Options) (*Policy, error) {
	d, err := newDomains("host", hosts, readExact)
	if err != nil {
		return nil, err
	}
	return Any([]Method{d}, o)
}

type mode int

const (
	modeAny mode = iota
	modeAll
	modeOrdered
)

// passedOn reports whether a method had nothing to say about an address.
func (r Reason) passedOn() bool {
	return r.Code == CodeNoToken || r.Code == CodeNoRule || r.Code == CodeNoString
}

func newPolicy(methods []Method, how mode, o *Options) (*Policy, error) {
	if len(methods) == 0 {
		return nil, argumentError("methods", noneGiven)
	}
	for i, m := range methods {
		if m == nil {
			return nil, &ArgumentError{Argument: "method", Index: i, Problem: "is nil"}
		}
	}
	p := &Policy{methods: append([]Method(nil), methods...), mode: how}
	if o != nil {
		p.options = *o
	}
	return p, nil
}

// Verify implements [Verifier].
func (p *Policy) Verify(ctx context.Context, raw string) (Verdict, error) {
	a, code, at := parse(raw, p.options.Development)
	if code != "" {
		return Verdict{}, Reject(raw, addressReason(&AddressError{Code: code, Offset: at}))
	}
	matches, reasons := p.ask(ctx, a)
	if len(matches) == 0 || p.mode == modeAll && len(reasons) > 0 {
		return Verdict{}, Reject(raw, reasons...)
	}
	return Verdict{Address: a, Matches: matches}, nil
}

// ask goes through the methods, up to the first that decides alone.
func (p *Policy) ask(ctx context.Context, a Address) (matches []Match, reasons []Reason) {
	now := p.now()
	for _, m := range p.methods {
		match, err := check(ctx, m, a, now)
		if err != nil {
			reason := asReason(m.Name(), err)
			reasons = append(reasons, reason)
			if p.mode == modeOrdered && !reason.passedOn() {
				break
			}
			continue
		}
		match.Method = m.Name()
		matches = append(matches, match)
		if p.mode != modeAll {
			break
		}
	}
	return matches, reasons
}

func check(ctx context.Context, m Method, a Address, now time.Time) (Match, error) {
	if err := ctx.Err(); err != nil {
		return Match{}, err
	}
	return m.Check(ctx, a, now)
}

func (p *Policy) now() time.Time {
	if p.options.Now == nil {
		return time.Now()
	}
	return p.options.Now()
}
