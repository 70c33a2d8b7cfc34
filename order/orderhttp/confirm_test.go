package orderhttp_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
)

const confirmation = `{"merchant":"tea","revision":"r1","total":{"amount":500,"currency":"CNY"}}`

func TestConfirmJSON(t *testing.T) {
	s := newStub()
	a := newVisitor(t, s, nil).Send("/m/tea/orders?"+code, "k1", confirmation)
	if want := `{"order":"` + string(s.jump.Order) + `","address":"` + payAddress + `"}`; a.StatusCode != 200 || a.Text != want {
		t.Errorf("status %d: %s, want %s", a.StatusCode, a.Text, want)
	}
	want := []order.Confirmation{{Merchant: "tea", Revision: "r1", Total: yuan(500), Key: "k1"}}
	if diff := cmp.Diff(want, s.confirmations()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"confirm " + base + "/m/tea?" + code}, s.asked()); diff != "" {
		t.Error(diff)
	}
}

func TestConfirmJSONRefuses(t *testing.T) {
	big := `{"merchant":"` + strings.Repeat("a", 2<<20) + `"}`
	for _, c := range []struct {
		name, key, body, code string
		status                int
	}{
		{"no key", "", confirmation, "idempotency_key_missing", 400},
		{"unknown field", "k", `{"merchant":"tea","price":1}`, "invalid_request", 400},
		{"not JSON", "k", `total=1`, "invalid_request", 400},
		{"too much", "k", big, "too_large", 413},
	} {
		s := newStub()
		a := newVisitor(t, s, nil).Send("/m/tea/orders", c.key, c.body)
		if a.StatusCode != c.status || !strings.Contains(a.Text, `"code":"`+c.code+`"`) || len(s.asked()) > 0 {
			t.Errorf("%s: status %d, %s, asked %v", c.name, a.StatusCode, a.Text, s.asked())
		}
	}
}

// confirmForm opens the page and is its form.
func confirmForm(t *testing.T, v webtest.Visitor, path string) webtest.Form {
	t.Helper()
	p := v.Open(path).Page(t)
	if len(p.Forms) != 1 || p.Forms[0].Method != "post" || len(p.Unlabelled) > 0 {
		t.Fatalf("%s has the forms %v, without label are %v", path, p.Forms, p.Unlabelled)
	}
	return p.Forms[0]
}

func TestConfirmEnteredAmount(t *testing.T) {
	s := newStub()
	v := newVisitor(t, s, nil)
	form := confirmForm(t, v, "/m/tea?"+code)
	for entered, fen := range map[string]int64{"12.30": 1230, "12,3": 1230, " 7 ": 700} {
		form.Fields.Set("amount", entered)
		a := v.Post(form.Action, form.Fields)
		if a.StatusCode != 303 || a.Header.Get("Location") != payAddress {
			t.Fatalf("%q: status %d to %q: %s", entered, a.StatusCode, a.Header.Get("Location"), a.Text)
		}
		got := s.confirmations()[len(s.confirmations())-1]
		want := order.Confirmation{Merchant: "tea", Revision: "r1", Total: yuan(fen), Key: got.Key}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", entered, diff)
		}
	}
	if asked := s.asked(); asked[len(asked)-1] != "confirm "+base+"/m/tea?"+code {
		t.Errorf("the last call was %s", asked[len(asked)-1])
	}
}

func TestConfirmShownTotalAndChoices(t *testing.T) {
	s := newStub()
	v := newVisitor(t, s, nil)
	form := confirmForm(t, v, "/m/tea/review?q.oolong=2&q.cake=1")
	choices := "q.oolong=2&q.cake=1&"
	form.Fields.Del("q.oolong")
	form.Fields.Del("q.cake")
	a := v.Do("POST", form.Action, webtest.AsBrowser, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, choices+form.Fields.Encode())
	if a.StatusCode != 303 {
		t.Fatalf("status %d: %s", a.StatusCode, a.Text)
	}
	got := s.confirmations()[0]
	want := order.Confirmation{Merchant: "tea", Revision: "r1", Total: yuan(1230), Key: got.Key,
		Choices: []order.Choice{{Item: "oolong", Quantity: 2}, {Item: "cake", Quantity: 1}}} // as they stand in the page
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFormKeyIsIdempotent(t *testing.T) {
	s := newStub()
	v := newVisitor(t, s, nil)
	first, second := confirmForm(t, v, "/m/tea"), confirmForm(t, v, "/m/tea")
	post := func(f webtest.Form, amount string) string {
		f.Fields.Set("amount", amount)
		v.Post(f.Action, f.Fields)
		all := s.confirmations()
		return all[len(all)-1].Key
	}
	key := post(first, "5")
	if again := post(first, "5"); again != key {
		t.Error("the same form posted again has another key: a second click would order twice")
	}
	if other := post(first, "6"); other == key {
		t.Error("a payer who went back and entered another amount has the same key: the order would be refused")
	}
	if other := post(second, "5"); other == key {
		t.Error("two pages have one key: the second payer would get the first one's order")
	}
}

func TestFormRefuses(t *testing.T) {
	for name, change := range map[string]func(url.Values){
		"no key":            func(f url.Values) { f.Del("key") },
		"another's key":     func(f url.Values) { f.Set("key", "x."+strings.Repeat("A", 43)) },
		"two keys":          func(f url.Values) { f.Add("key", "x") },
		"amount and total":  func(f url.Values) { f.Set("total", "500") },
		"total not a count": func(f url.Values) { f.Set("total", "5.00"); f.Del("amount") },
		"bad choice":        func(f url.Values) { f.Set("q.oolong", "two") },
		"no amount":         func(f url.Values) { f.Set("amount", "") },
		"amount of nothing": func(f url.Values) { f.Set("amount", "0.00") },
		"negative":          func(f url.Values) { f.Set("amount", "-1") },
		"two commas":        func(f url.Values) { f.Set("amount", "1,000,00") },
		"thousands":         func(f url.Values) { f.Set("amount", "1,000.00") },
	} {
		s := newStub()
		v := newVisitor(t, s, nil)
		form := confirmForm(t, v, "/m/tea")
		form.Fields.Set("amount", "5")
		change(form.Fields)
		a := v.Post(form.Action, form.Fields)
		if a.StatusCode != 400 || len(s.confirmations()) > 0 {
			t.Errorf("%s: status %d, confirmed %v", name, a.StatusCode, s.confirmations())
		}
	}
}

func TestFormKeyIsOfItsPage(t *testing.T) {
	s := newStub()
	v := newVisitor(t, s, nil)
	form := confirmForm(t, v, "/m/tea?"+code)
	form.Fields.Set("amount", "5")
	for _, path := range []string{"/m/coffee/orders?" + code, "/m/tea/orders"} {
		if a := v.Post(path, form.Fields); a.StatusCode != 400 || len(s.confirmations()) > 0 {
			t.Errorf("%s: status %d with the key of another page", path, a.StatusCode)
		}
	}
}

func TestWrongAmountIsAskedForAgain(t *testing.T) {
	v := newVisitor(t, newStub(), nil)
	form := confirmForm(t, v, "/m/tea")
	form.Fields.Set("amount", "ten")
	p := v.Post(form.Action, form.Fields).Page(t)
	if !strings.Contains(p.Text, "enter the amount in digits") || len(p.Forms) != 1 {
		t.Errorf("the page reads %q", p.Text)
	}
	a := v.Do("POST", form.Action, webtest.AsProgram, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, form.Fields.Encode())
	if a.StatusCode != 400 || !strings.Contains(a.Text, `"code":"invalid_request"`) {
		t.Errorf("a program gets status %d: %s", a.StatusCode, a.Text)
	}
}

func TestChangedPageIsShownAgain(t *testing.T) {
	s := newStub()
	s.err = order.Errorf(order.CodePageChanged, "", "the page has changed")
	v := newVisitor(t, s, nil)
	form := confirmForm(t, v, "/m/tea/review?q.oolong=2")
	a := v.Post(form.Action, form.Fields)
	p := a.Page(t)
	if a.StatusCode != 409 || !strings.Contains(p.Text, "have changed") || p.Forms[0].Fields.Get("key") == form.Fields.Get("key") {
		t.Errorf("status %d, the page reads %q", a.StatusCode, p.Text)
	}
	asked := s.asked()
	if last := asked[len(asked)-1]; last != "review "+base+"/m/tea" {
		t.Errorf("the page that is shown again was made by %s", last)
	}
}

func TestUnavailableIsTriedAgainUnderTheSameKey(t *testing.T) {
	s := newStub()
	s.err = order.Errorf(order.CodeUnavailable, "", "the gateway could not be reached")
	v := newVisitor(t, s, nil)
	form := confirmForm(t, v, "/m/tea/review?q.oolong=2&"+code)
	a := v.Post(form.Action, form.Fields)
	p := a.Page(t)
	if a.StatusCode != 503 || len(p.Forms) != 1 || a.Header.Get("Retry-After") == "" {
		t.Fatalf("status %d, forms %v", a.StatusCode, p.Forms)
	}
	if policy := a.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self' http://pay.localhost;") {
		t.Errorf("the policy %s keeps the form from what it leads to", policy)
	}
	s.err = nil
	if a := v.Post(p.Forms[0].Action, p.Forms[0].Fields); a.StatusCode != 303 {
		t.Fatalf("status %d: %s", a.StatusCode, a.Text)
	}
	if all := s.confirmations(); !cmp.Equal(all[0], all[1]) {
		t.Errorf("tried again is another confirmation: %s", cmp.Diff(all[0], all[1]))
	}
}

func TestRefusedIsNotTriedAgain(t *testing.T) {
	s := newStub()
	s.err = order.Errorf(order.CodeRefused, "", "the merchant takes at most 100.00 CNY")
	v := newVisitor(t, s, nil)
	form := confirmForm(t, v, "/m/tea/review?q.oolong=2")
	a := v.Post(form.Action, form.Fields)
	if p := a.Page(t); a.StatusCode != 422 || len(p.Forms) > 0 || p.Links["Go back"] != base+"/m/tea" || !strings.Contains(p.Text, "at most 100.00") {
		t.Errorf("status %d, the page reads %q, forms %v, links %v", a.StatusCode, p.Text, p.Forms, p.Links)
	}
}

func TestJumpLeadsToTheGatewayAlone(t *testing.T) {
	for _, address := range []string{"https://evil.example/pay", "http://pay.localhost.evil.example/", "javascript:alert(1)", "", "http://pay.localhost:81/"} {
		s := newStub()
		s.jump.Address = address
		v := newVisitor(t, s, nil)
		form := confirmForm(t, v, "/m/tea/review?q.oolong=2")
		a := v.Post(form.Action, form.Fields)
		if b := v.Send("/m/tea/orders", "k", confirmation); a.StatusCode != 500 || a.Header.Get("Location") != "" || b.StatusCode != 500 {
			t.Errorf("%q: status %d to %q, JSON %d", address, a.StatusCode, a.Header.Get("Location"), b.StatusCode)
		}
	}
}

func TestEnteredAmountKeepsToTheCurrency(t *testing.T) {
	for _, c := range []struct {
		currency, entered string
		want              int64 // minor units; 0 is refused
	}{
		{"KWD", "1.250", 1250}, {"KWD", "1,250", 0}, // which could be a thousand
		{"JPY", "1250", 1250}, {"JPY", "12.50", 0}, {"JPY", "1,250", 0}, {"EUR", "1,250", 0},
	} {
		s := newStub()
		s.page.Currency = c.currency
		v := newVisitor(t, s, nil)
		form := confirmForm(t, v, "/m/tea")
		form.Fields.Set("amount", c.entered)
		v.Post(form.Action, form.Fields)
		var got int64
		for _, confirmed := range s.confirmations() {
			got = confirmed.Total.Amount
		}
		if got != c.want {
			t.Errorf("%s %s: %d minor units, want %d", c.entered, c.currency, got, c.want)
		}
	}
}
