package gateway_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

func known(name string) bool { return name != "gone" }

func question() gateway.Question {
	return gateway.Question{Amount: order.Money{Amount: 1000, Currency: "CNY"}, Acquirer: "north", Merchant: "tea",
		Opening:    gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}},
		At:         time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC), // a Monday, and Tuesday in China
		Candidates: candidates()}
}

func TestARuleAppliesToWhatFitsAllOfIt(t *testing.T) {
	for name, c := range map[string]struct {
		when    gateway.When
		applies bool
	}{
		"anything":               {gateway.When{}, true},
		"currency":               {gateway.When{Currencies: []string{"EUR", "CNY"}}, true},
		"other currency":         {gateway.When{Currencies: []string{"EUR"}}, false},
		"amount, bounds in":      {gateway.When{Currencies: []string{"CNY"}, Min: 1000, Max: 1000}, true},
		"less":                   {gateway.When{Currencies: []string{"CNY"}, Min: 1001}, false},
		"more":                   {gateway.When{Currencies: []string{"CNY"}, Max: 999}, false},
		"app":                    {gateway.When{Apps: []string{"chat", "camera"}}, true},
		"other app":              {gateway.When{Apps: []string{"chat"}}, false},
		"acquirer":               {gateway.When{Acquirers: []string{"north"}}, true},
		"other acquirer":         {gateway.When{Acquirers: []string{"south"}}, false},
		"merchant":               {gateway.When{Merchants: []string{"tea"}}, true},
		"other merchant":         {gateway.When{Merchants: []string{"cafe"}}, false},
		"one of two fits":        {gateway.When{Merchants: []string{"tea"}, Apps: []string{"chat"}}, false},
		"hours":                  {gateway.When{Hours: gateway.Hours{From: "23:30", To: "23:31"}}, true},
		"hours over":             {gateway.When{Hours: gateway.Hours{From: "09:00", To: "23:30"}}, false},
		"from alone":             {gateway.When{Hours: gateway.Hours{From: "23:00"}}, true},
		"to alone":               {gateway.When{Hours: gateway.Hours{To: "23:00"}}, false},
		"over midnight, before":  {gateway.When{Hours: gateway.Hours{From: "22:00", To: "06:00", Days: []string{"mon"}}}, true},
		"over midnight, another": {gateway.When{Hours: gateway.Hours{From: "22:00", To: "06:00", Days: []string{"tue"}}}, false},
		"in China":               {gateway.When{Hours: gateway.Hours{From: "07:30", To: "07:31", Offset: "+08:00", Days: []string{"tue"}}}, true},
		"after midnight there":   {gateway.When{Hours: gateway.Hours{From: "22:00", To: "08:00", Offset: "+08:00", Days: []string{"mon"}}}, true},
		"day":                    {gateway.When{Hours: gateway.Hours{Days: []string{"mon"}}}, true},
		"other day":              {gateway.When{Hours: gateway.Hours{Days: []string{"sat", "sun"}}}, false},
	} {
		p := gateway.Policy{Rules: []gateway.Rule{{Name: "it", When: c.when}}}
		if problems := p.Check(known); len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
		if got := p.Decide(question()).Instruction.Rule == "it"; got != c.applies {
			t.Errorf("%s: applies %v, want %v", name, got, c.applies)
		}
	}
}

func TestRulesDecideWhatIsOffered(t *testing.T) {
	p := gateway.Policy{Mode: "gateway", Default: "xbao-cn", Rules: []gateway.Rule{
		{Name: "never", When: gateway.When{Currencies: []string{"EUR"}}, Offer: []string{"xbao-eu"}},
		{Name: "tea", When: gateway.When{Merchants: []string{"tea"}}, Offer: []string{"xtong", "gone", "xbao-eu"}, Default: "xtong"},
		{Name: "late", Mode: "choose"},
	}}
	q := question()
	want := gateway.Decision{Offers: []string{"xtong", "xbao-eu"}, Permitted: []string{"xtong", "xbao-eu"}, Instruction: gateway.Instruction{"gateway", "xtong", "gateway", "policy", "tea"}}
	if diff := cmp.Diff(want, p.Decide(q)); diff != "" {
		t.Errorf("the first that applies (-want +got):\n%s", diff)
	}
	q.Candidates[2].Aside = true
	want.Offers, want.Instruction = []string{"xbao-eu"}, gateway.Instruction{"choose", "", "gateway", "set_aside", "tea"}
	if diff := cmp.Diff(want, p.Decide(q)); diff != "" {
		t.Errorf("its default is set aside (-want +got):\n%s", diff)
	}
	q.Candidates[1].Aside = true
	want.Offers, want.Instruction = []string{"xtong", "xbao-eu"}, gateway.Instruction{"gateway", "xtong", "gateway", "policy", "tea"}
	if diff := cmp.Diff(want, p.Decide(q)); diff != "" {
		t.Errorf("all are set aside (-want +got):\n%s", diff)
	}
	q.Merchant = "cafe"
	want = gateway.Decision{Offers: []string{"xbao-cn"}, Permitted: []string{"xbao-cn", "xbao-eu", "xtong"}, Instruction: gateway.Instruction{"choose", "xbao-cn", "choose", "policy", "late"}}
	if diff := cmp.Diff(want, p.Decide(q)); diff != "" {
		t.Errorf("the next that applies (-want +got):\n%s", diff)
	}
}

func TestPolicyTellsEveryProblem(t *testing.T) {
	p := gateway.Policy{Mode: "auto", Default: "gone", Rules: []gateway.Rule{
		{Name: "", Mode: "all", Default: "gone", Offer: []string{"xtong", "gone", "xtong"}},
		{Name: "a", When: gateway.When{Currencies: []string{"EUR", "XXX"}, Min: 5, Max: 4}},
		{Name: "a", When: gateway.When{Min: 5, Hours: gateway.Hours{From: "9", To: "24:00", Offset: "CET", Days: []string{"Mon"}}}},
		{Name: strings.Repeat("a", 65)},
	}}
	var paths []string
	for _, problem := range p.Check(known) {
		paths = append(paths, problem.Path)
	}
	want := []string{"/mode", "/default", "/rules/0/name", "/rules/0/mode", "/rules/0/default", "/rules/0/offer/1", "/rules/0/offer/2", "/rules/1/when/currencies/1", "/rules/1/when/max",
		"/rules/2/name", "/rules/2/when/currencies", "/rules/2/when/hours/from", "/rules/2/when/hours/to", "/rules/2/when/hours/offset", "/rules/2/when/hours/days/0", "/rules/3/name"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A decision depends on nothing but the policy and the question, both as they are
// kept, and never leads out of what can pay.
func TestADecisionCanBeMadeAgain(t *testing.T) {
	word := rapid.SampledFrom([]string{"", "xbao-cn", "xbao-eu", "xtong", "xbao", "gone"})
	mode := rapid.SampledFrom([]gateway.Mode{"", "choose", "app", "gateway", "terminal"})
	rule := rapid.Custom(func(t *rapid.T) gateway.Rule {
		return gateway.Rule{Name: rapid.StringN(1, 5, -1).Draw(t, "name"), Offer: rapid.SliceOfN(word, 0, 3).Draw(t, "offer"), Mode: mode.Draw(t, "mode"), Default: word.Draw(t, "default"),
			When: gateway.When{Currencies: rapid.SampledFrom([][]string{nil, {"CNY"}, {"EUR"}}).Draw(t, "currencies"), Max: rapid.Int64Range(0, 2000).Draw(t, "max"),
				Hours: gateway.Hours{From: rapid.SampledFrom([]string{"", "22:00"}).Draw(t, "from"), Days: rapid.SliceOfN(rapid.SampledFrom([]string{"mon", "tue"}), 0, 2).Draw(t, "days")}}}
	})
	rapid.Check(t, func(t *rapid.T) {
		p := gateway.Policy{Mode: mode.Draw(t, "mode"), Default: word.Draw(t, "default"), Rules: rapid.SliceOfN(rule, 0, 3).Draw(t, "rules")}
		q := question()
		q.Opening = gateway.Opening{App: gateway.ScanningApp{Kind: "camera", Component: word.Draw(t, "app's")}, Default: word.Draw(t, "terminal's")}
		q.At = q.At.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "hours")) * time.Hour)
		q.Candidates = q.Candidates[:rapid.IntRange(0, 3).Draw(t, "candidates")]
		for i := range q.Candidates {
			q.Candidates[i].Aside = rapid.Bool().Draw(t, "aside")
		}
		d := p.Decide(q)
		var p2 gateway.Policy
		var q2 gateway.Question
		kept(t, p, &p2)
		kept(t, q, &q2)
		if diff := cmp.Diff(d, p2.Decide(q2)); diff != "" {
			t.Fatalf("decided again (-first +again):\n%s", diff)
		}
		among := map[string]bool{}
		for _, name := range d.Offers {
			among[name] = true
		}
		if i := d.Instruction; i.Component != "" && !among[i.Component] || i.Mode != "choose" && i.Component == "" {
			t.Fatalf("the instruction %+v is not among the offers %v", i, d.Offers)
		}
		if len(d.Permitted) > 0 && len(d.Offers) == 0 {
			t.Fatalf("%v may be used and none is offered", d.Permitted)
		}
	})
}

func kept(t *rapid.T, value, into any) {
	raw, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A rule as data: at night small amounts go to one wallet by themselves.
func ExamplePolicy_Check() {
	var policy gateway.Policy
	err := json.Unmarshal([]byte(`{"mode": "choose", "rules": [{"name": "night", "mode": "gateway", "default": "xtong",
		"when": {"currencies": ["CNY"], "max": 5000, "hours": {"from": "22:00", "to": "06:00", "offset": "+08:00"}}}]}`), &policy)
	fmt.Println(err, policy.Check(func(name string) bool { return name == "xtong" }))
	fmt.Println(policy.Check(func(string) bool { return false }))
	// Output:
	// <nil> []
	// [/rules/0/default is "xtong": no component of that name is configured]
}
