package gatewaytest

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/verify"
)

// issuing is the contract of order.Issuer.
func issuing() []check {
	return []check{
		{rule: "a code is signed for its merchant and its time, whole as it was asked for", run: issueSigns},
		{rule: "the same request again gives the same code, whatever has changed since, also at the same moment", run: issueAgain},
		{rule: "another request under the same key is idempotency_key_reused", run: issueOther},
		{rule: "keys of two acquirers do not meet", run: issueSameKey},
		{rule: "an address that this acquirer may not have signed for this merchant is refused", run: issueElsewhere},
		{rule: "a time or an amount out of bounds is refused", run: issueBounds},
		{rule: "a code for more than its acquirer's limit is refused", run: issueAboveLimit},
		{rule: "a refusal tells every rule that was broken, and does not use up its key", run: issueRefused},
		{rule: "a malformed request is invalid_request, one without a key idempotency_key_missing", run: issueInvalid},
		{rule: "a code that was revoked stays so, and may be revoked again", run: revokes},
		{rule: "a code of another acquirer is not_found and stays as it is", run: issuedForeign},
		{rule: "a context that has ended signs and revokes nothing", run: issueCancelled},
	}
}

// static asks for a year of a printed code of north's merchant tea.
func (b *bench) static(key string) order.IssueRequest {
	return order.IssueRequest{Kind: order.IssuedStatic, Merchant: "tea", Address: "https://tea.example/m/tea",
		Expires: b.clock.Now().AddDate(1, 0, 0), Key: key}
}

// dynamic asks for a code on a screen, with an amount, for five minutes.
func (b *bench) dynamic(key string) order.IssueRequest {
	return order.IssueRequest{Kind: order.IssuedDynamic, Merchant: "tea", Address: "https://till.tea.example:8443/m/tea?amount=12.50CNY",
		Amount: order.Money{Amount: 1250, Currency: "CNY"}, Expires: b.clock.Now().Add(5 * time.Minute), Key: key}
}

func (b *bench) issue(r order.IssueRequest) order.IssuedCode {
	b.Helper()
	c, err := b.at("north").Issue(b.Context(), r)
	if err != nil {
		b.Fatalf("Issue: %v", err)
	}
	return c
}

func (b *bench) issued(id order.ID) order.IssuedCode {
	b.Helper()
	c, err := b.at("north").Issued(b.Context(), id)
	if err != nil {
		b.Fatalf("Issued: %v", err)
	}
	return c
}

// legal is what a terminal that knows the kit's key makes of an address.
func (b *bench) legal(address string) (verify.Verdict, error) {
	b.Helper()
	signature, err := verify.NewSignature([]verify.Key{{Public: b.codes.Public()}}, nil)
	if err != nil {
		b.Fatal(err)
	}
	policy, err := verify.Any([]verify.Method{signature}, &verify.Options{Now: b.clock.Now})
	if err != nil {
		b.Fatal(err)
	}
	return policy.Verify(b.Context(), address)
}

func issueSigns(b *bench) {
	dynamic := b.dynamic("k2")
	dynamic.Expires = dynamic.Expires.Add(999 * time.Millisecond)
	for _, r := range []order.IssueRequest{b.static("k1"), dynamic} {
		c := b.issue(r)
		b.same("the code", c, order.IssuedCode{ID: c.ID, Kind: r.Kind, Merchant: r.Merchant, Address: c.Address, Amount: r.Amount,
			Issued: b.clock.Now(), Expires: r.Expires.Truncate(time.Second)})
		if err := c.Validate(); err != nil {
			b.Error(err)
		}
		verdict, err := b.legal(c.Address)
		if err != nil {
			b.Errorf("a terminal refuses the code: %v", err)
		}
		b.same("whose it is", verdict.Merchant(), verify.MerchantOf(r.Merchant))
		b.same("when it ends", verdict.Expires(), c.Expires)
		if rest := c.Address[:min(len(c.Address), len(r.Address))]; rest != r.Address {
			b.Errorf("the code leads to %q, want %q with a signature", c.Address, r.Address)
		}
		b.same("the code read back", b.issued(c.ID), c)
	}
}

func issueAgain(b *bench) {
	r := b.dynamic("k1")
	codes := make([]order.IssuedCode, 8)
	together(len(codes), func(i int) { codes[i], _ = b.at("north").Issue(b.Context(), r) })
	first := b.issue(r)
	for _, c := range codes {
		b.same("the code", c, first)
	}
	b.clock.advance(time.Hour) // its own time is over: a new one would be refused
	b.same("the code after its time", b.issue(r), first)
	other := r
	other.Key, other.Expires = "k2", b.clock.Now().Add(time.Minute)
	if b.issue(other).ID == first.ID {
		b.Error("another key gave the same code")
	}
}

func issueOther(b *bench) {
	first := b.issue(b.dynamic("k1"))
	for what, change := range map[string]func(*order.IssueRequest){
		"kind":     func(r *order.IssueRequest) { r.Kind, r.Amount = order.IssuedStatic, order.Money{} },
		"merchant": func(r *order.IssueRequest) { r.Merchant = "books" },
		"address":  func(r *order.IssueRequest) { r.Address += "1" },
		"amount":   func(r *order.IssueRequest) { r.Amount.Amount++ },
		"time":     func(r *order.IssueRequest) { r.Expires = r.Expires.Add(time.Second) },
	} {
		r := b.dynamic("k1")
		change(&r)
		_, err := b.at("north").Issue(b.Context(), r)
		b.refused("another "+what, err, order.CodeIdempotencyKeyReused)
	}
	b.same("the code", b.issue(b.dynamic("k1")), first)
}

func issueSameKey(b *bench) {
	first := b.issue(b.static("k1"))
	r := b.static("k1")
	r.Merchant, r.Address = "noodles", "https://noodles.example/m/noodles"
	c, err := b.at("south").Issue(b.Context(), r)
	if err != nil || c.ID == first.ID {
		b.Errorf("south's request under north's key: %v, %v", c, err)
	}
}

func issueElsewhere(b *bench) {
	for what, change := range map[string]func(*order.IssueRequest){
		"/address another merchant's domain": func(r *order.IssueRequest) { r.Address = "https://books.example/" },
		"/address another acquirer's domain": func(r *order.IssueRequest) { r.Address = "https://noodles.example/" },
		"/address nobody's domain":           func(r *order.IssueRequest) { r.Address = "https://evil.example/m/tea" },
		"/address a domain that ends alike":  func(r *order.IssueRequest) { r.Address = "https://eviltea.example/m/tea" },
		"/address a domain that begins so":   func(r *order.IssueRequest) { r.Address = "https://tea.example.evil.example/m/tea" },
		"/address a user name":               func(r *order.IssueRequest) { r.Address = "https://tea.example@evil.example/m/tea" },
		"/address plain http":                func(r *order.IssueRequest) { r.Address = "http://tea.example/m/tea" },
		"/address this machine":              func(r *order.IssueRequest) { r.Address = "https://tea.localhost/m/tea" },
		"/address a script":                  func(r *order.IssueRequest) { r.Address = "javascript:alert(1)" },
		"/address a fragment":                func(r *order.IssueRequest) { r.Address += "#" },
		"/address a signature already":       func(r *order.IssueRequest) { r.Address = b.issue(b.static("other")).Address },
		"/address a signature in disguise":   func(r *order.IssueRequest) { r.Address += "?%76=1" },
		"/address below an exact domain": func(r *order.IssueRequest) {
			r.Merchant, r.Address = "books", "https://evil.books.example/m/books"
		},
		"/merchant nobody": func(r *order.IssueRequest) { r.Merchant = "nobody" },
		"/merchant another acquirer's": func(r *order.IssueRequest) {
			r.Merchant, r.Address = "noodles", "https://noodles.example/m/noodles"
		},
	} {
		r := b.static("k1")
		change(&r)
		_, err := b.at("north").Issue(b.Context(), r)
		path, _, _ := strings.Cut(what, " ")
		b.breaks(what, err, path)
	}
}

// breaks fails the check unless err is a refusal for what stands at the paths.
func (b *bench) breaks(what string, err error, paths ...string) {
	b.Helper()
	b.refused(what, err, order.CodeRefused)
	var at []string
	if e, ok := errors.AsType[*order.Error](err); ok {
		for _, p := range e.Problems {
			at = append(at, p.Path)
		}
	}
	if diff := cmp.Diff(paths, at); diff != "" {
		b.Errorf("%s: the problems differ (-want +got):\n%s\n%v", what, diff, err)
	}
}

func issueBounds(b *bench) {
	for _, c := range []struct {
		what   string
		static bool
		change func(*order.IssueRequest)
		path   string
	}{
		{"a static code that has ended", true, func(r *order.IssueRequest) { r.Expires = b.clock.Now() }, "/expires"},
		{"a static code of three years", true, func(r *order.IssueRequest) { r.Expires = b.clock.Now().AddDate(3, 0, 0) }, "/expires"},
		{"a static code of a century and a half", true, func(r *order.IssueRequest) { r.Expires = b.clock.Now().AddDate(150, 0, 0) }, "/expires"},
		{"a dynamic code that has ended", false, func(r *order.IssueRequest) { r.Expires = b.clock.Now().Add(-time.Hour) }, "/expires"},
		{"a dynamic code that ends within this second", false, func(r *order.IssueRequest) { r.Expires = b.clock.Now().Add(time.Second / 2) }, "/expires"},
		{"a dynamic code of two days", false, func(r *order.IssueRequest) { r.Expires = b.clock.Now().AddDate(0, 0, 2) }, "/expires"},
	} {
		r := b.dynamic("k1")
		if c.static {
			r = b.static("k1")
		}
		c.change(&r)
		_, err := b.at("north").Issue(b.Context(), r)
		b.breaks(c.what, err, c.path)
	}
	long := b.static("k2")
	long.Expires = b.clock.Now().AddDate(2, 0, 0)
	b.issue(long)
}

func issueAboveLimit(b *bench) {
	r := b.dynamic("k1")
	r.Merchant, r.Address = "noodles", "https://noodles.example/m"
	for what, amount := range map[string]order.Money{"one fen too much": {Amount: 2001, Currency: "CNY"}, "no limit": {Amount: 1, Currency: "USD"}} {
		r.Amount = amount
		_, err := b.at("south").Issue(b.Context(), r)
		b.refused(what, err, order.CodeRefused)
	}
	r.Amount = order.Money{Amount: 2000, Currency: "CNY"}
	if _, err := b.at("south").Issue(b.Context(), r); err != nil {
		b.Errorf("just the limit: %v", err)
	}
}

func issueRefused(b *bench) {
	r := b.dynamic("k1")
	r.Address, r.Expires = "http://evil.example/?v=1#x", b.clock.Now()
	_, err := b.at("north").Issue(b.Context(), r)
	b.breaks("much at once", err, "/address", "/expires")
	b.issue(b.dynamic("k1"))
}

func issueInvalid(b *bench) {
	_, err := b.at("north").Issue(b.Context(), order.IssueRequest{Key: "k1"})
	b.refused("nothing", err, order.CodeInvalid)
	priced := b.static("k1")
	priced.Amount = order.Money{Amount: 1, Currency: "CNY"}
	_, err = b.at("north").Issue(b.Context(), priced)
	b.refused("a static code with an amount", err, order.CodeInvalid)
	_, err = b.at("north").Issue(b.Context(), b.static(""))
	b.refused("no key", err, order.CodeIdempotencyKeyMissing)
}

func revokes(b *bench) {
	r := b.static("k1")
	c := b.issue(r)
	b.clock.advance(time.Hour)
	want := c
	want.Revoked = b.clock.Now()
	for range 2 {
		got, err := b.at("north").Revoke(b.Context(), c.ID)
		if err != nil {
			b.Fatalf("Revoke: %v", err)
		}
		b.same("the revoked code", got, want)
		b.clock.advance(time.Hour)
	}
	b.same("the code read back", b.issued(c.ID), want)
	b.same("the code asked for again", b.issue(r), want)
}

func issuedForeign(b *bench) {
	c := b.issue(b.static("k1"))
	for what, id := range map[string]order.ID{"north's": c.ID, "nobody's": order.NewID(b.clock.Now()), "what is no ID": "no such thing"} {
		_, err := b.at("south").Issued(b.Context(), id)
		b.refused("south reads a code, "+what, err, order.CodeNotFound)
		_, err = b.at("south").Revoke(b.Context(), id)
		b.refused("south revokes a code, "+what, err, order.CodeNotFound)
	}
	b.same("north's code", b.issued(c.ID), c)
}

func issueCancelled(b *bench) {
	c := b.issue(b.static("k1"))
	ctx, cancel := context.WithCancel(b.Context())
	cancel()
	if got, err := b.at("north").Issue(ctx, b.static("k2")); err == nil {
		b.Errorf("Issue succeeded: %v", got)
	}
	if got, err := b.at("north").Revoke(ctx, c.ID); err == nil {
		b.Errorf("Revoke succeeded: %v", got)
	}
	b.same("the code", b.issued(c.ID), c)
}
