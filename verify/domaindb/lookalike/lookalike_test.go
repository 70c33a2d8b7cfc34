package lookalike_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/verify/domaindb/lookalike"
)

// A merchant wants to be paypaI.com, and another to be in Cyrillic.
func ExampleFind() {
	found, err := lookalike.Find(strings.NewReader("paypal.com\nshop.example\npaypa1.com\n=www.xn--pypal-4ve.com\n"))
	for _, p := range found {
		fmt.Printf("line %d: %s (%s) looks like %s in line %d\n", p.Second.Line, p.Second.Name, p.Second.Shown, p.First.Name, p.First.Line)
	}
	fmt.Println(err)
	// Output:
	// line 3: paypa1.com (paypa1.com) looks like paypal.com in line 1
	// line 4: xn--pypal-4ve.com (pаypal.com) looks like paypal.com in line 1
	// <nil>
}

func TestFind(t *testing.T) {
	for text, want := range map[string][]string{
		"pay.example\n=a.pay.example\n*.b.pay.example": nil, // one domain
		"modern.com\nmodem.com":                        {"modem.com"},
		"one.com\nanother.com\ncom\n\n#one.com\n=a b":  nil,
		"xn--pple-43d.com\r\napple.com\r\n":            {"apple.com"},
		"apple.com\napple.co":                          nil,
		"clearing.com\nclearing.corn":                  {}, // corn is no suffix: no rule
	} {
		found, err := lookalike.Find(strings.NewReader(text))
		var names []string
		for _, p := range found {
			names = append(names, p.Second.Name)
		}
		if diff := cmp.Diff(append([]string(nil), want...), names); diff != "" || err != nil {
			t.Errorf("%q: %v, %s", text, err, diff)
		}
	}
	if _, err := lookalike.Find(iotest.ErrReader(io.ErrUnexpectedEOF)); err == nil {
		t.Error("a list that broke off was read")
	}
}
