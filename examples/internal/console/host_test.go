package console

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/scan"
)

// session offers blue and green; failed is the reason why blue failed, or "".
func session(failed string) gateway.Session {
	s := gateway.Session{MerchantName: "Corner\x1b[2J Café",
		Offers: []component.Offer{{Name: "blue", Title: "Blue Wallet"}, {Name: "green", Title: "Green Pay"}}}
	if failed != "" {
		s.Attempt = &gateway.Attempt{Component: "blue", State: gateway.AttemptFailed, Reason: failed}
	}
	return s
}

func TestAPersonChooses(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"\n", "blue"}, {"2\n", "green"}, {"green\n", "green"}, {" Green Pay \n", "green"},
		{"3\nred\ngreen\n", "green"},
		{"0\n3\nred\ngreen\n", ""}, // three answers are enough
		{"", ""},                   // the end of the input
	} {
		var prompt bytes.Buffer
		got, err := NewHost("", nil, strings.NewReader(c.typed), &prompt).Choose(t.Context(), session(""))
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q: %q, %v; want %q", c.typed, got, err, c.want)
		}
		if strings.ContainsRune(prompt.String(), '\x1b') {
			t.Errorf("the prompt holds what a terminal obeys: %q", prompt.String())
		}
	}
}

// After a decline a person reads why and chooses again, whatever -pay says;
// without a person the payment stops and says why.
func TestAfterADeclineAPersonChoosesAgain(t *testing.T) {
	for _, pay := range []string{"", "blue"} {
		var prompt bytes.Buffer
		got, err := NewHost(pay, nil, strings.NewReader("green\n"), &prompt).Choose(t.Context(), session("declined"))
		if got != "green" || err != nil || !strings.Contains(prompt.String(), "blue failed: declined") {
			t.Errorf("-pay %q: %q, %v after %q; want green, asked with the reason", pay, got, err, prompt.String())
		}
		_, err = NewHost(pay, nil, nil, &prompt).Choose(t.Context(), session("declined"))
		if !errors.Is(err, scan.ErrCanceled) || !strings.Contains(err.Error(), "declined") {
			t.Errorf("-pay %q, nobody there: %v; want canceled and the reason", pay, err)
		}
	}
}
