package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
)

// Host is the app around the terminal, for a person at a keyboard or for nobody.
type Host struct {
	pay    string        // the component to choose; "" asks
	agree  Agree         // nil asks
	person *bufio.Reader // nil when there is nobody to ask
	prompt io.Writer
	chose  string // what was chosen without asking, and why; "" when it was asked
}

var _ scan.Host = (*Host)(nil)

// Agree answers a merchant page in the payer's stead.
type Agree func(order.Page) (scan.Answer, error)

// NewHost makes a host that chooses the component pay; "" asks the person, nil
// when nobody is there, and then the first offer is taken. agree consents to
// merchant pages; nil asks the person, and stops when nobody is there. Questions
// go to prompt.
func NewHost(pay string, agree Agree, person io.Reader, prompt io.Writer) *Host {
	h := &Host{pay: pay, agree: agree, prompt: prompt}
	if person != nil {
		h.person = bufio.NewReader(person)
	}
	return h
}

// Page implements [scan.Host].
func (h *Host) Page(ctx context.Context, p order.Page) (scan.Answer, error) {
	switch {
	case h.agree != nil:
		return h.agree(p)
	case h.person == nil:
		return scan.Answer{}, fmt.Errorf("nobody is there to agree to pay %s: %w", p.MerchantName, scan.ErrCanceled)
	case p.Kind == order.PageShop:
		return h.askGoods(ctx, p)
	case p.Total == order.Money{}:
		return h.askAmount(ctx, p)
	}
	return scan.Answer{}, h.askConsent(ctx, p)
}

// Choose takes the component that the command line named, asks the person, or
// takes the gateway's or the first. After a failure only a person tries again.
func (h *Host) Choose(ctx context.Context, s gateway.Session) (string, error) {
	failed := ""
	if s.Attempt != nil && s.Attempt.State == gateway.AttemptFailed {
		failed = fmt.Sprintf("%s failed: %s", s.Attempt.Component, s.Attempt.Reason)
	}
	h.chose = ""
	switch {
	case len(s.Offers) == 0:
		return "", fmt.Errorf("the gateway offers no component for %s", s.Order.Total)
	case failed != "" && h.person == nil:
		return "", fmt.Errorf("%s, and nobody is there to choose again: %w", failed, scan.ErrCanceled)
	case failed != "":
		h.say("\n  %s. Nothing was paid.\n", failed)
		return h.askOffer(ctx, s)
	case h.pay != "":
		h.chose = h.pay + ", by -pay"
		return h.pay, nil
	case h.person == nil:
		return h.unasked(s), nil
	}
	return h.askOffer(ctx, s)
}

// unasked is the offer for nobody: the one that is preselected, or the first.
func (h *Host) unasked(s gateway.Session) string {
	at, why := preselected(s), "the first offer"
	if at >= 0 {
		why = "preselected"
	}
	name := s.Offers[max(at, 0)].Name
	h.chose = fmt.Sprintf("%s, %s: nobody was asked", name, why)
	return name
}

// preselected is the place of the offer that the gateway would choose, -1 if it
// does not say.
func preselected(s gateway.Session) int {
	return slices.IndexFunc(s.Offers, func(o component.Offer) bool { return o.Name == s.Instruction.Component })
}

// Result has nothing to do: whoever runs the payment prints how it ended.
func (h *Host) Result(context.Context, scan.Result) error { return nil }

// say prints to the person. Every argument may have come from a server.
func (h *Host) say(format string, args ...any) {
	for i, a := range args {
		if text, ok := a.(string); ok {
			args[i] = Printable(text)
		}
	}
	fmt.Fprintf(h.prompt, format, args...)
}

// errNotUnderstood ends questions that nobody answers sensibly.
var errNotUnderstood = errors.New("three answers were not understood")
