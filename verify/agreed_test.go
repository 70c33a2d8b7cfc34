package verify_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/verify"
)

// The specification's examples of method 2, as printed and without the hyphen
// that its column break left in the host.
func TestAgreedStringOfTheSpecification(t *testing.T) {
	m, err := verify.NewAgreedString([]string{"payicbc"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]verify.Code{
		"https://www.XXXX.com/A":                         verify.CodeNoString,
		"https://www.XXXX.com/UWd1pgw-pA7EnHcfYrjnzni":   verify.CodeNoString,
		"https://www.XXXX.com/UWd1pgwpayicbcfYrjnzni":    "",
		"https://www.XXXX-.com/UWd1pgwpayicbcfYrjnzni":   verify.CodeHostLabel,
		"https://www.shop.example/UWd1pgwpayicbcfYrjnzn": "",
	} {
		p, err := verify.Any([]verify.Method{m}, nil)
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.Verify(t.Context(), raw)
		if got := firstCode(err); got != want {
			t.Errorf("%s: code %q, want %q", raw, got, want)
		}
		if err == nil && v.Matches[0] != (verify.Match{Method: "string", Rule: "payicbc"}) {
			t.Errorf("%s: %+v", raw, v.Matches)
		}
	}
}

// firstCode is the code of the first reason in err, or "" where there is none.
func firstCode(err error) verify.Code {
	if rejected, ok := errors.AsType[*verify.RejectedError](err); ok {
		return rejected.Reasons[0].Code
	}
	if reason, ok := errors.AsType[*verify.Reason](err); ok {
		return reason.Code
	}
	return ""
}

func TestAgreedStringParts(t *testing.T) {
	for raw, want := range map[string]string{ // where "agreed" may be: p(ath), q(uery), a(fter host)
		"https://pay.example/xagreedx":     "pa",
		"https://pay.example/?agreed=1":    "qa",
		"https://pay.example/#agreed":      "a",
		"https://pay.example/a?b=/agreed#": "qa",
		"https://pay.example/second":       "pa",
		"https://agreed.example/":          "",
		"https://agreed.example/Agreed":    "",
		"https://pay.example/%61greed":     "",
		"https://pay.example/agr?eed":      "",
		// A browser resolves these steps: the server never sees the string.
		"https://pay.example/agreed/../evil":       "",
		"https://pay.example/agreed/%2e%2E":        "",
		"https://pay.example/agreed/.%2e/evil":     "",
		"https://pay.example/./agreed?b=agreed":    "qa",
		"https://pay.example/agreed/.../a..b/%2eb": "pa",
	} {
		got := ""
		for part, letter := range map[verify.Part]string{verify.InPath: "p", verify.InQuery: "q", verify.AfterHost: "a"} {
			m, err := verify.NewAgreedString([]string{"agreed", "second"}, &verify.AgreedStringOptions{In: part})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Check(t.Context(), mustParse(t, raw), time.Time{}); err == nil {
				got += letter
			}
		}
		if len(got) != len(want) || strings.Trim(got, want) != "" {
			t.Errorf("%s: found by %q, want %q", raw, got, want)
		}
	}
}

func TestAgreedStringRefusesStrings(t *testing.T) {
	for _, s := range []string{"", "short", strings.Repeat("a", 129), "with space", "支付工商银行", "new\nline", "back\\slash"} {
		_, err := verify.NewAgreedString([]string{"agreed", s}, nil)
		if got, ok := errors.AsType[*verify.ArgumentError](err); !ok || got.Index != 1 {
			t.Errorf("%q: %v", s, err)
		}
	}
	if _, err := verify.NewAgreedString(nil, nil); err == nil {
		t.Error("a method without strings was made")
	}
	if _, err := verify.NewAgreedString([]string{"agreed"}, &verify.AgreedStringOptions{In: 3}); err == nil {
		t.Error("a method for no part was made")
	}
	if _, err := verify.NewAgreedString([]string{"123456", strings.Repeat("a", 128)}, nil); err != nil {
		t.Error(err)
	}
}
