package verify_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/verify"
	"github.com/google/go-cmp/cmp"
)

// fake is a method that gives one answer and counts how often it is asked.
type fake struct {
	name  string
	match verify.Match
	err   error
	asked *int
}

func (f fake) Name() string { return f.name }
func (f fake) Check(context.Context, verify.Address, time.Time) (verify.Match, error) {
	if f.asked != nil {
		*f.asked++
	}
	return f.match, f.err
}

func yes(name string) fake { return fake{name: name, match: verify.Match{Rule: name}} }
func no(name string) fake {
	return fake{name: name, err: &verify.Reason{Code: verify.CodeNoRule, Detail: "no"}}
}

func policy(t testing.TB, make func([]verify.Method, *verify.Options) (*verify.Policy, error), methods ...verify.Method) *verify.Policy {
	t.Helper()
	p, err := make(methods, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAnyAndAll(t *testing.T) {
	broken := fake{name: "broken", err: io.ErrUnexpectedEOF}
	for name, c := range map[string]struct {
		policy *verify.Policy
		want   []string // the methods that accepted; none for a refusal
	}{
		"any of one":            {policy(t, verify.Any, yes("a")), []string{"a"}},
		"any, second":           {policy(t, verify.Any, no("a"), yes("b"), yes("c")), []string{"b"}},
		"any, none":             {policy(t, verify.Any, no("a"), no("b")), nil},
		"any, an error is a no": {policy(t, verify.Any, broken, yes("b")), []string{"b"}},
		"any, only errors":      {policy(t, verify.Any, broken), nil},
		"all of one":            {policy(t, verify.All, yes("a")), []string{"a"}},
		"all":                   {policy(t, verify.All, yes("a"), yes("b")), []string{"a", "b"}},
		"all, first refuses":    {policy(t, verify.All, no("a"), yes("b")), nil},
		"all, last refuses":     {policy(t, verify.All, yes("a"), no("b")), nil},
		"all, an error is a no": {policy(t, verify.All, yes("a"), broken), nil},
		"zero policy":           {new(verify.Policy), nil},
	} {
		v, err := c.policy.Verify(t.Context(), "https://pay.example/")
		var got []string
		for _, m := range v.Matches {
			got = append(got, m.Method)
		}
		if diff := cmp.Diff(c.want, got); diff != "" || (err == nil) != (c.want != nil) || (v.Address == verify.Address{}) != (c.want == nil) {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

func TestPolicyAsksNoMoreThanNeeded(t *testing.T) {
	asked := 0
	counting := yes("b")
	counting.asked = &asked
	for raw, p := range map[string]*verify.Policy{
		"https://pay.example/":  policy(t, verify.Any, yes("a"), counting), // decided before
		"https://pay.example\\": policy(t, verify.Any, counting),           // refused at the door
	} {
		_, _ = p.Verify(t.Context(), raw)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := policy(t, verify.Any, counting).Verify(ctx, "https://pay.example/")
	if !errors.Is(err, context.Canceled) || firstCode(err) != verify.CodeUndecided {
		t.Errorf("cancelled: %v", err)
	}
	if asked != 0 {
		t.Errorf("asked %d times, want never", asked)
	}
}

func TestPolicyRefusesMethods(t *testing.T) {
	for name, methods := range map[string][]verify.Method{"none": nil, "empty": {}, "nil": {yes("a"), nil}} {
		for _, make := range []func([]verify.Method, *verify.Options) (*verify.Policy, error){verify.Any, verify.All} {
			if _, err := make(methods, nil); err == nil {
				t.Errorf("%s: a policy was made", name)
			} else if _, ok := errors.AsType[*verify.ArgumentError](err); !ok {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// What a caller passed in cannot change a policy afterwards.
func TestPolicyKeepsItsOwnCopy(t *testing.T) {
	methods, o := []verify.Method{no("a")}, &verify.Options{}
	p, err := verify.Any(methods, o)
	if err != nil {
		t.Fatal(err)
	}
	methods[0], o.Development = yes("a"), true
	wantCode(t, p, "https://pay.example/", verify.CodeNoRule)
	wantCode(t, p, "http://pay.localhost/", verify.CodePlainHTTP)
}

func TestRejectedError(t *testing.T) {
	secret := errors.New("password of the database")
	var none *verify.Reason
	p := policy(t, verify.All,
		fake{name: "one", err: &verify.Reason{Method: "liar", Code: "own_code", Detail: "own words", Err: io.EOF}},
		fake{name: "two", err: secret},
		fake{name: "three", err: none},
	)
	_, err := p.Verify(t.Context(), "https://pay.example/")
	rejected, ok := errors.AsType[*verify.RejectedError](err)
	if !ok {
		t.Fatalf("%T", err)
	}
	var got []string
	for _, r := range rejected.Reasons {
		got = append(got, r.Method+" "+string(r.Code))
	}
	if diff := cmp.Diff([]string{"one own_code", "two undecided", "three undecided"}, got); diff != "" {
		t.Error(diff)
	}
	if !errors.Is(err, secret) || !errors.Is(err, io.EOF) {
		t.Error("the causes cannot be found")
	}
	if strings.Contains(err.Error(), secret.Error()) {
		t.Errorf("a cause leaks: %v", err)
	}
}

// The input in an error is short and harmless, whatever was scanned.
func TestRejectedErrorQuotes(t *testing.T) {
	p := policy(t, verify.Any, yes("a"))
	for _, raw := range []string{"\x1b[2J\n\u202e<script>", strings.Repeat("\xff", 5000), "支付"} {
		_, err := p.Verify(t.Context(), raw)
		rejected, ok := errors.AsType[*verify.RejectedError](err)
		if !ok || len(rejected.Input) > 600 {
			t.Fatalf("%v", err)
		}
		if i := strings.IndexFunc(err.Error(), func(r rune) bool { return r < ' ' || r > '~' }); i >= 0 {
			t.Errorf("%q holds what does not print", err.Error())
		}
		if where, ok := errors.AsType[*verify.AddressError](err); !ok || rejected.Reasons[0].Method != "address" || rejected.Reasons[0].Code != where.Code {
			t.Errorf("%+v", rejected.Reasons)
		}
	}
	if reasons := verify.Reject("x").Reasons; len(reasons) != 1 || reasons[0].Code != verify.CodeUndecided {
		t.Errorf("%+v", reasons)
	}
}

func TestVerdict(t *testing.T) {
	m, early, late := verify.MerchantOf("m-1"), noon(), noon().Add(time.Hour)
	for name, c := range map[string]struct {
		matches  []verify.Match
		merchant verify.Merchant
		expires  time.Time
	}{
		"nothing":  {nil, verify.Merchant{}, time.Time{}},
		"never":    {[]verify.Match{{}, {}}, verify.Merchant{}, time.Time{}},
		"one":      {[]verify.Match{{}, {Merchant: m, Expires: late}}, m, late},
		"earliest": {[]verify.Match{{Expires: late}, {}, {Expires: early}, {Merchant: m}}, m, early},
	} {
		v := verify.Verdict{Matches: c.matches}
		if v.Merchant() != c.merchant || !v.Expires().Equal(c.expires) {
			t.Errorf("%s: %x, %v", name, v.Merchant(), v.Expires())
		}
	}
}

// Every code has a sentence of its own.
func TestSentences(t *testing.T) {
	_, other := verify.Parse("https://pay.example/ ", nil)
	seen := map[string]string{other.Error(): "a space"}
	for _, raw := range []string{"", "http://a.b", "https://a.localhost", "https://a@b.c", "https://a_b.c", "https://-a.c", "https://" + host254(), "https://a", "https://a.1", "https://a.b.", "https://a.b:", "https://a.b/%", label(3000)} {
		_, err := verify.Parse(raw, nil)
		if first, ok := seen[err.Error()[strings.Index(err.Error(), ": ")+2:]]; ok {
			t.Errorf("%q and %q: %v", first, raw, err)
		}
		seen[err.Error()[strings.Index(err.Error(), ": ")+2:]] = raw
		if strings.Contains(err.Error(), "decided") {
			t.Errorf("%q: no sentence: %v", raw, err)
		}
	}
}
