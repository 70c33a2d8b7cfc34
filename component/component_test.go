package component_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// described is a component that is nothing but its description.
type described component.Description

func (d described) Describe() component.Description { return component.Description(d) }

func (d described) Begin(context.Context, component.Attempt) (component.Progress, error) {
	return component.Progress{}, nil
}

func (d described) Resume(context.Context, component.Attempt, component.Return) (component.Progress, error) {
	return component.Progress{}, nil
}

type parameters struct {
	Brand string `json:"brand" jsonschema:"name of the brand"`
	Limit int    `json:"limit,omitempty" jsonschema:"largest amount, in minor units"`
}

func valid(t *testing.T, name string) described {
	t.Helper()
	schema, err := component.SchemaFor[parameters]()
	if err != nil {
		t.Fatal(err)
	}
	return described{Name: name, Kind: "test", Version: "1", Title: "Test", Actions: []component.ActionKind{component.ActionNative},
		Parameters: parameters{Brand: "blue"}, Schema: schema}
}

func TestRegistryTellsEveryProblemOfEveryComponent(t *testing.T) {
	good, again := valid(t, "blue"), valid(t, "blue")
	wrong := valid(t, "red")
	wrong.Kind, wrong.Title, wrong.Version = "Test!", "", ""
	wrong.Actions = []component.ActionKind{"teleport"}
	wrong.Currencies = []string{"XXX"}
	wrong.Parameters = map[string]any{"brand": 7}
	bare := valid(t, "bare")
	bare.Schema, bare.Actions = nil, nil
	_, err := component.NewRegistry(good, again, nil, wrong, bare)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`component 1 "blue": the name is taken by the test component`, "component 2 is nil",
		`kind "Test!"`, "title", "version", `"teleport" does not exist`, `"XXX" is not in ISO 4217`, "brand",
		`component 4 "bare"`, "have no schema", "actions is empty",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not tell %q:\n%v", want, err)
		}
	}
}

func TestOffersKeepTheirOrderAndTheirLimits(t *testing.T) {
	euro := valid(t, "euro")
	euro.Currencies = []string{"EUR"}
	r, err := component.NewRegistry(valid(t, "one"), euro, valid(t, "two"))
	if err != nil {
		t.Fatal(err)
	}
	names := func(m order.Money, allow func(string) bool) (names []string) {
		for _, o := range r.Offers(component.Wanted{Amount: m, Allow: allow}) {
			names = append(names, o.Name)
		}
		return names
	}
	if diff := cmp.Diff([]string{"one", "two"}, names(order.Money{Amount: 1, Currency: "CNY"}, nil)); diff != "" {
		t.Errorf("CNY (-want +got):\n%s", diff)
	}
	notOne := func(name string) bool { return name != "one" }
	if diff := cmp.Diff([]string{"euro", "two"}, names(order.Money{Amount: 1, Currency: "EUR"}, notOne)); diff != "" {
		t.Errorf("EUR without one (-want +got):\n%s", diff)
	}
	if _, _, ok := r.Find("three"); ok {
		t.Error("found a component that is not in the registry")
	}
	_, offer, _ := r.Find("one")
	if diff := cmp.Diff(json.RawMessage(`{"brand":"blue"}`), offer.Parameters); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
}

// What is declared is what selection goes by: currencies, limits and scanning apps.
func TestOffersKeepToWhatIsDeclared(t *testing.T) {
	d := valid(t, "one")
	d.Limits = []component.Limit{{Currency: "CNY", Min: 10, Max: 20}, {Currency: "EUR", Min: 5}}
	d.Apps.Only = []string{"wechat", "browser"}
	other := valid(t, "two")
	other.Apps.Not = []string{"wechat"}
	r, err := component.NewRegistry(d, other)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		amount   int64
		currency string
		app      string
		want     string
	}{
		"below":            {9, "CNY", "browser", "two"},
		"least":            {10, "CNY", "browser", "one two"},
		"most":             {20, "CNY", "browser", "one two"},
		"above":            {21, "CNY", "browser", "two"},
		"no upper bound":   {1 << 50, "EUR", "", "one two"},
		"no bound":         {1, "JPY", "", "one two"},
		"another app":      {10, "CNY", "camera", "two"},
		"app not allowed":  {10, "CNY", "wechat", "one"},
		"app is not known": {10, "CNY", "", "one two"},
	} {
		var got []string
		for _, o := range r.Offers(component.Wanted{Amount: order.Money{Amount: c.amount, Currency: c.currency}, App: c.app}) {
			got = append(got, o.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

func TestLimitsAndRulesAreChecked(t *testing.T) {
	for want, spoil := range map[string]func(*described){
		`currency "XXX" is not in ISO 4217`: func(d *described) { d.Limits = []component.Limit{{Currency: "XXX"}} },
		"want 0 ≤ min ≤ max":                func(d *described) { d.Limits = []component.Limit{{"CNY", 5, 4}} },
		"CNY stands twice":                  func(d *described) { d.Limits = []component.Limit{{"CNY", 1, 2}, {"CNY", 3, 4}} },
		"currency that is not taken": func(d *described) {
			d.Currencies, d.Limits = []string{"EUR"}, []component.Limit{{"CNY", 1, 2}}
		},
		`scanning app "We Chat"`: func(d *described) { d.Apps.Not = []string{"We Chat"} },
		"want one of them":       func(d *described) { d.Apps = component.AppRule{Only: []string{"a"}, Not: []string{"b"}} },
	} {
		d := valid(t, "one")
		spoil(&d)
		if _, err := component.NewRegistry(d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want %q", err, want)
		}
	}
}

func TestWithAndWithoutLeaveTheRegistryAsItWas(t *testing.T) {
	names := func(r *component.Registry) (all []string) {
		for _, e := range r.Catalog() {
			all = append(all, e.Name)
		}
		return all
	}
	one, err := component.NewRegistry(valid(t, "one"))
	if err != nil {
		t.Fatal(err)
	}
	three, err := one.With(valid(t, "two"), valid(t, "three"))
	if err != nil {
		t.Fatal(err)
	}
	two, err := three.Without("two")
	if err != nil {
		t.Fatal(err)
	}
	again, err := one.With(valid(t, "four"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		r    *component.Registry
		want []string
	}{{one, []string{"one"}}, {three, []string{"one", "two", "three"}}, {two, []string{"one", "three"}}, {again, []string{"one", "four"}}} {
		if diff := cmp.Diff(c.want, names(c.r)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	if _, err := three.With(valid(t, "two")); err == nil || !strings.Contains(err.Error(), "taken by the test component") {
		t.Errorf("a name twice: %v", err)
	}
	if _, err := three.Without("two", "five"); err == nil || !strings.Contains(err.Error(), `no "five" to leave out: want one of one, two, three`) {
		t.Errorf("leaving out what is not there: %v", err)
	}
}

func TestCatalogTellsWhatAComponentCanDo(t *testing.T) {
	d := valid(t, "one")
	d.Limits, d.Currencies = []component.Limit{{Currency: "CNY", Min: 1}}, []string{"CNY"}
	r, err := component.NewRegistry(wrapper{asker{d}})
	if err != nil {
		t.Fatal(err)
	}
	_, offer, _ := r.Find("one")
	want := []component.Entry{{Offer: offer, Currencies: d.Currencies, Limits: d.Limits, Abilities: []component.Ability{component.AbilityQuery}, Schema: d.Schema}}
	if diff := cmp.Diff(want, r.Catalog(), cmp.Comparer(func(a, b *jsonschema.Schema) bool { return a == b })); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// wrapper hides a component behind Unwrap.
type wrapper struct{ component.Component }

func (w wrapper) Unwrap() component.Component { return w.Component }

type asker struct{ described }

func (asker) Query(context.Context, component.Attempt) (component.Evidence, error) {
	return component.Evidence{}, nil
}

func TestAsLooksThroughWrappers(t *testing.T) {
	if _, ok := component.As[component.Querier](wrapper{wrapper{asker{}}}); !ok {
		t.Error("the ability was not found behind two wrappers")
	}
	if _, ok := component.As[component.Receiver](wrapper{asker{}}); ok {
		t.Error("found an ability that nobody has")
	}
	if _, ok := component.As[component.Querier](nil); ok {
		t.Error("nil has an ability")
	}
}

func TestEvidenceIsRefusedWhereItDiffers(t *testing.T) {
	a := component.Attempt{ID: "a1", Reference: "p1", Amount: order.Money{Amount: 500, Currency: "CNY"}}
	good := component.Evidence{Outcome: component.OutcomeSucceeded, Attempt: "a1", Reference: "p1", Amount: a.Amount}
	if err := good.Check(a); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*component.Evidence){
		"another attempt":   func(e *component.Evidence) { e.Attempt = "a2" },
		"another amount":    func(e *component.Evidence) { e.Amount.Amount++ },
		"another currency":  func(e *component.Evidence) { e.Amount.Currency = "JPY" },
		"another reference": func(e *component.Evidence) { e.Reference = "p2" },
		"no reference":      func(e *component.Evidence) { e.Reference = "" },
		"unknown outcome":   func(e *component.Evidence) { e.Outcome = "maybe" },
		"no outcome":        func(e *component.Evidence) { e.Outcome = "" },
	} {
		e := good
		spoil(&e)
		if err := e.Check(a); !errors.Is(err, order.CodeRefused) {
			t.Errorf("%s: err = %v, want refused", name, err)
		}
	}
	unbound := a
	unbound.Reference = "" // so that its text alone is looked at
	for name, reference := range map[string]string{"endless": strings.Repeat("p", 129), "no text": "p\x001", "no UTF-8": "p\xff"} {
		e := good
		e.Reference = reference
		if err := e.Check(unbound); !errors.Is(err, order.CodeRefused) || !strings.Contains(err.Error(), "reference that") {
			t.Errorf("a reference that is %s: err = %v, want refused for it", name, err)
		}
	}
	failed := component.Evidence{Outcome: component.OutcomeFailed, Attempt: "a1", Reason: "declined"}
	if err := failed.Check(a); err != nil {
		t.Errorf("a failure needs no amount and no reference: %v", err)
	}
	failed.Reference = "p2"
	if err := failed.Check(a); !errors.Is(err, order.CodeRefused) {
		t.Errorf("the failure of another payment: err = %v, want refused", err)
	}
}

func TestAnActionHasExactlyOneKind(t *testing.T) {
	redirect := &component.Redirect{Address: "https://wallet.example/pay"}
	for name, c := range map[string]struct {
		action component.Action
		kind   component.ActionKind
		valid  bool
	}{
		"none":            {component.Action{}, "", false},
		"two":             {component.Action{Redirect: redirect, Native: &component.Native{}}, "", false},
		"redirect":        {component.Action{Redirect: redirect}, component.ActionRedirect, true},
		"nowhere":         {component.Action{Redirect: &component.Redirect{}}, component.ActionRedirect, false},
		"form":            {component.Action{Form: &component.Form{Address: "https://w.example"}}, component.ActionForm, true},
		"deep link":       {component.Action{DeepLink: &component.DeepLink{Address: "w:pay"}}, component.ActionDeepLink, true},
		"bridge":          {component.Action{Bridge: &component.Bridge{Object: "w"}}, component.ActionBridge, false},
		"payment request": {component.Action{PaymentRequest: &component.PaymentRequest{Method: "https://w.example"}}, component.ActionPaymentRequest, true},
		"script":          {component.Action{Redirect: &component.Redirect{Address: "javascript:alert(1)"}}, component.ActionRedirect, false},
		"plain http":      {component.Action{Form: &component.Form{Address: "http://w.example"}}, component.ActionForm, false},
		"local http":      {component.Action{Redirect: &component.Redirect{Address: "http://w.localhost:80/p"}}, component.ActionRedirect, true},
		"data link":       {component.Action{DeepLink: &component.DeepLink{Address: "data:text/html,x"}}, component.ActionDeepLink, false},
		"bad fallback":    {component.Action{DeepLink: &component.DeepLink{Address: "w:pay", Fallback: "file:///x"}}, component.ActionDeepLink, false},
		"native":          {component.Action{Native: &component.Native{}}, component.ActionNative, true},
	} {
		if got := c.action.Kind(); got != c.kind {
			t.Errorf("%s: kind = %q, want %q", name, got, c.kind)
		}
		if err := c.action.Validate(); (err == nil) != c.valid {
			t.Errorf("%s: Validate = %v, want valid %v", name, err, c.valid)
		}
	}
}
