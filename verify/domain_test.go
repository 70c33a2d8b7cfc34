package verify_test

import (
	"errors"
	"testing"
	"time"

	"github.com/anyscan/anyscan/verify"
)

func TestDomainsRules(t *testing.T) {
	d, err := verify.NewDomains([]string{
		"pay.example", "=One.Example", "*.many.example", "=both.example", "*.both.example",
		"amazonaws.com", "shop.github.io", "=gateway.internal", "XXXX.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]string{
		"pay.example":              "pay.example",
		"a.b.pay.example":          "pay.example",
		"evilpay.example":          "",
		"pay.example.evil.example": "",
		"one.example":              "=one.example",
		"a.one.example":            "",
		"many.example":             "",
		"a.many.example":           "*.many.example",
		"a.b.many.example":         "*.many.example",
		"both.example":             "=both.example",
		"a.both.example":           "*.both.example",
		"amazonaws.com":            "amazonaws.com",
		"a.amazonaws.com":          "amazonaws.com",
		"evil.s3.amazonaws.com":    "", // s3.amazonaws.com is a public suffix
		"s3.amazonaws.com":         "",
		"shop.github.io":           "shop.github.io",
		"a.shop.github.io":         "shop.github.io",
		"evil.github.io":           "",
		"github.io":                "",
		"gateway.internal":         "=gateway.internal",
		"a.gateway.internal":       "",
		"www.xxxx.com":             "xxxx.com", // the specification's example of method 1
		"www.yyyy.com":             "",
	} {
		m, err := d.Check(t.Context(), mustParse(t, "https://"+host+"/A"), time.Time{})
		if m.Rule != want || (err == nil) != (want != "") {
			t.Errorf("%s: rule %q, %v; want %q", host, m.Rule, err, want)
		}
		if reason, ok := errors.AsType[*verify.Reason](err); want == "" && (!ok || reason.Code != verify.CodeNoRule) {
			t.Errorf("%s: %v, want code %s", host, err, verify.CodeNoRule)
		}
	}
}

// A rule that could cover more than one owner, or is no host, is no rule; all
// bad rules are reported, each with its position.
func TestDomainsRefusesRules(t *testing.T) {
	bad := []string{
		"com", "*.com", "co.uk", "*.co.uk", "=co.uk", "github.io", "*.github.io", "=github.io", "*.ck", "a.ck",
		"shop.unheardof", "*.shop.unheardof", "a.b.internal", "example", "localhost", "*.localhost",
		"", "=", "*.", "*", ".pay.example", "pay.example.", "*.*.pay.example", "=*.pay.example", "==pay.example",
		"*pay.example", "pay.*.example", "https://pay.example", "pay.example:443", "pay.example/", "pay.example?", "a b.example",
		" pay.example", "pay.example\n", "127.0.0.1", "=[::1]", "alİpay.com", "支付.example", "user@pay.example",
	}
	for _, rule := range bad {
		_, err := verify.NewDomains([]string{"good.example", rule})
		got, ok := errors.AsType[*verify.ArgumentError](err)
		if !ok || got.Index != 1 || got.Argument != "rule" || got.Problem == "" {
			t.Errorf("%q: %v", rule, err)
		}
	}
	_, err := verify.NewDomains(bad)
	if all, ok := err.(interface{ Unwrap() []error }); !ok || len(all.Unwrap()) != len(bad) {
		t.Errorf("not all %d bad rules are reported: %v", len(bad), err)
	}
	if _, err := verify.NewDomains(nil); err == nil {
		t.Error("a database without rules was made")
	}
}

func TestHosts(t *testing.T) {
	p, err := verify.Hosts([]string{"gateway.example", "gateway.localhost"}, development())
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]bool{
		"https://gateway.example/s/1":        true,
		"https://gateway.example:8443/s/1":   true,
		"http://gateway.localhost:9000/s/1":  true,
		"http://gateway.example/s/1":         false,
		"https://a.gateway.example/":         false,
		"http://other.localhost:9000/":       false,
		"https://gateway.example.evil.test/": false,
	} {
		v, err := p.Verify(t.Context(), raw)
		if (err == nil) != want || want && v.Address.String() != raw {
			t.Errorf("%s: %v, %v", raw, v, err)
		}
	}
	for _, host := range []string{"*.gateway.example", "=gateway.example", "co.uk", "gateway.example:443", ""} {
		_, err := verify.Hosts([]string{host}, nil)
		if got, ok := errors.AsType[*verify.ArgumentError](err); !ok || got.Argument != "host" || got.Index != 0 {
			t.Errorf("%q: %v", host, err)
		}
	}
	if _, err := verify.Hosts(nil, nil); err == nil {
		t.Error("a policy without hosts was made")
	}
}
