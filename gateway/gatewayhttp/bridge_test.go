package gatewayhttp_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
)

func bridged(object, method, parameters string) *component.Action {
	return &component.Action{Bridge: &component.Bridge{Object: object, Method: method, Parameters: json.RawMessage(parameters)}}
}

// The page holds the call and goes on at the return address; what is no name of a
// script's object is not called.
func TestBridge(t *testing.T) {
	for name, c := range map[string]struct {
		action *component.Action
		shown  bool
	}{
		"WeChat's":       {bridged("WeixinJSBridge", "invoke", `["pay",{"a":"<b>"}]`), true},
		"no parameters":  {bridged("Tea", "pay", ""), true},
		"an expression":  {bridged("window.alert", "call", ""), false},
		"another":        {bridged("Tea", "pay()", ""), false},
		"a long one":     {bridged(strings.Repeat("a", 65), "pay", ""), false},
		"of a prototype": {bridged("Tea", "a b", ""), false},
	} {
		s := newStub(base)
		attempted(gateway.AttemptInvoked, c.action)(s)
		a := newVisitor(t, s, nil).Open(pay)
		p := a.Page(t)
		if got := strings.Contains(a.Text, "data-object="); got != c.shown {
			t.Errorf("%s: shown %v", name, got)
			continue
		}
		if c.shown && (p.Forms[0].Action != base+"/return/r1" || p.Refresh != "" || p.Scripts != 1) {
			t.Errorf("%s: the form leads to %s, refresh %q, %d scripts", name, p.Forms[0].Action, p.Refresh, p.Scripts)
		}
	}
	s := newStub(base)
	attempted(gateway.AttemptInvoked, bridged("WeixinJSBridge", "invoke", `["pay",{"a":"<b>"}]`))(s)
	text := newVisitor(t, s, nil).Open(pay).Text
	if want := `data-arguments="[&#34;pay&#34;,{&#34;a&#34;:&#34;&lt;b&gt;&#34;}]"`; !strings.Contains(text, want) {
		t.Errorf("%s is missing in %s", want, text)
	}
	if p := policyOf(t, s); p["connect-src"] != "'self'" || p["img-src"] != "" {
		t.Errorf("the policy is %v", p)
	}
}
