package console

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
)

func yuan(fen int64) order.Money { return order.Money{Amount: fen, Currency: "CNY"} }

// pages are the merchant pages that a person is asked about.
func pages() map[string]order.Page {
	goods := []order.Item{{ID: "oolong", Name: "Oolong\x1b[2J", Price: yuan(6800)}, {ID: "cup", Name: "Cup", Price: yuan(3200)}}
	return map[string]order.Page{
		"direct": {Kind: order.PageDirect, MerchantName: "Corner Café", Currency: "CNY", Total: yuan(2500)},
		"amount": {Kind: order.PageDirect, MerchantName: "Busker", Currency: "CNY", Max: yuan(50000)},
		"shop":   {Kind: order.PageShop, MerchantName: "Teahouse", Currency: "CNY", Goods: goods},
		"review": {Kind: order.PageReview, MerchantName: "Teahouse", Currency: "CNY", Total: yuan(13600),
			Lines: []order.Line{{Item: "oolong", Name: "Oolong\x1b[2J", Quantity: 2, Price: yuan(6800)}}},
	}
}

// What a person types is taken where it says something, asked again where it
// does not, and stops the payment where it is a no or the end of the input.
func TestAPersonAnswersEveryPage(t *testing.T) {
	one := scan.Answer{Choices: []order.Choice{{Item: "cup", Quantity: 1}}}
	for _, c := range []struct {
		page, typed string
		want        scan.Answer
		err         error
	}{
		{"direct", "y\n", scan.Answer{}, nil},
		{"direct", "\nperhaps\nYES\n", scan.Answer{}, nil},
		{"direct", "n\n", scan.Answer{}, scan.ErrCanceled},
		{"direct", "", scan.Answer{}, scan.ErrCanceled},
		{"direct", "\n\n\ny\n", scan.Answer{}, errNotUnderstood},
		{"review", "yes\n", scan.Answer{}, nil},
		{"amount", "12.50\n", scan.Answer{Amount: yuan(1250)}, nil},
		{"amount", "-1\n500.01\n500\n", scan.Answer{Amount: yuan(50000)}, nil},
		{"amount", "0\n0.00\n0.001\n", scan.Answer{}, errNotUnderstood},
		{"shop", "2\n", one, nil},
		{"shop", "0\n3\n2\n", one, nil},
		{"shop", "1*0\n1 1\n2*1\n", one, nil},
		{"shop", "1*x\n\n2\n", one, nil},
		{"shop", "1*3 2\n", scan.Answer{Choices: []order.Choice{{Item: "oolong", Quantity: 3}, {Item: "cup", Quantity: 1}}}, nil},
	} {
		var prompt bytes.Buffer
		got, err := NewHost("blue", nil, strings.NewReader(c.typed), &prompt).Page(t.Context(), pages()[c.page])
		if !errors.Is(err, c.err) {
			t.Errorf("%s, %q: %v, want %v", c.page, c.typed, err, c.err)
		}
		if diff := cmp.Diff(c.want, got); c.err == nil && diff != "" {
			t.Errorf("%s, %q: %s", c.page, c.typed, diff)
		}
		if strings.ContainsRune(prompt.String(), '\x1b') {
			t.Errorf("the prompt holds what a terminal obeys: %q", prompt.String())
		}
	}
}

// Nobody's silence is no consent.
func TestNobodyAgreesToNothing(t *testing.T) {
	for name, page := range pages() {
		_, err := NewHost("blue", nil, nil, &bytes.Buffer{}).Page(t.Context(), page)
		if !errors.Is(err, scan.ErrCanceled) {
			t.Errorf("%s: %v, want canceled", name, err)
		}
	}
}

// What the gateway preselects is what Enter means, and what nobody takes.
func TestThePreselectedOfferIsNext(t *testing.T) {
	s := session("")
	s.Instruction = gateway.Instruction{Mode: gateway.ModeChoose, Component: "green"}
	var prompt bytes.Buffer
	got, err := NewHost("", nil, strings.NewReader("\n"), &prompt).Choose(t.Context(), s)
	if got != "green" || err != nil || !strings.Contains(prompt.String(), "Enter for 2") {
		t.Errorf("Enter: %q, %v after %q; want green", got, err, prompt.String())
	}
	nobody := NewHost("", nil, nil, &prompt)
	got, err = nobody.Choose(t.Context(), s)
	if got != "green" || err != nil || nobody.chose != "green, preselected: nobody was asked" {
		t.Errorf("nobody: %q, %v, because %q; want green", got, err, nobody.chose)
	}
}
