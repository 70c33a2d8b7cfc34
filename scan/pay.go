package scan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// Pay implements [Terminal].
func (p *Payer) Pay(ctx context.Context, code Code) (Result, error) {
	end := code.verdict.Expires()
	switch {
	case code.Address() == "":
		return Result{}, &StepError{StepVerify, errors.New("the code was not verified: it comes from Scan or Read")}
	case !end.IsZero() && !p.options.Now().Before(end):
		return Result{}, &StepError{StepVerify, fmt.Errorf("the code was good until %s: scan it again", end.Format(time.RFC3339))}
	}
	y := &payment{Payer: p, code: code}
	return y.run(ctx, y.visit, y.send, y.settle, y.show)
}

// Continue implements [Terminal].
func (p *Payer) Continue(ctx context.Context, gatewayAddress string) (Result, error) {
	y := &payment{Payer: p}
	enter := func(ctx context.Context) error { return y.enter(ctx, gatewayAddress) }
	return y.run(ctx, enter, y.pickUp, y.settle, y.show)
}

func (y *payment) run(ctx context.Context, stages ...func(context.Context) error) (Result, error) {
	for _, stage := range stages {
		if err := stage(ctx); err != nil {
			return y.result(), err
		}
	}
	return y.result(), nil
}

// pickUp finds out where the payment stands and goes on with an attempt that is
// under way. The payer may have paid before the app was left, so the gateway is
// asked before the same action is performed again.
func (y *payment) pickUp(ctx context.Context) error {
	if err := y.look(ctx); err != nil || y.session.State != order.StateOpen {
		return err
	}
	if under := y.session.Attempt; under == nil || under.State.Final() || unstarted(*under) {
		return nil
	}
	y.attempt, y.offer = y.session.Attempt, y.session.Attempt.Component
	err := y.step(ctx, StepReturn, func() (string, error) {
		_, err := y.resume(ctx, component.Return{}, nil)
		return outcome(*y.attempt), err
	})
	if err != nil {
		return err
	}
	return y.finish(ctx)
}

func (y *payment) opening() gateway.Opening {
	return gateway.Opening{App: y.options.App, Default: y.options.Default}
}

// settle makes attempts until the order is decided, an attempt is left pending,
// or the payer stops.
func (y *payment) settle(ctx context.Context) error {
	for {
		if err := y.look(ctx); err != nil || y.session.State != order.StateOpen || y.waiting() {
			return err
		}
		if err := y.try(ctx); err != nil {
			return err
		}
	}
}

// waiting says that this run made an attempt which the provider has not
// decided: its outcome comes later, a second attempt might pay twice.
func (y *payment) waiting() bool { return y.attempt != nil && !y.attempt.State.Final() }

// look opens the session. It must be about what the payer confirmed.
func (y *payment) look(ctx context.Context) error {
	return y.step(ctx, StepSession, func() (string, error) {
		s, err := y.peers.Cashier.Open(ctx, y.gateway, y.opening())
		if err != nil {
			return "", err
		}
		if err := checkShown(s); err != nil {
			return "", err
		}
		if y.jump.Order == "" { // continued: what was confirmed is the order itself
			y.jump.Order, y.confirmation.Total, y.confirmation.Merchant = s.Order.ID, s.Order.Total, s.Order.Merchant
		}
		if s.Order.ID != y.jump.Order || s.Order.Total != y.confirmation.Total || s.Order.Merchant != y.confirmation.Merchant {
			return "", fmt.Errorf("the gateway asks %s for order %.40q of %.64q; confirmed were %s for %s of %s",
				s.Order.Total, s.Order.ID, s.Order.Merchant, y.confirmation.Total, y.jump.Order, y.confirmation.Merchant)
		}
		all := len(s.Offers)
		s.Offers = slices.DeleteFunc(slices.Clone(s.Offers), func(o component.Offer) bool { return !y.performs(o) })
		y.session = s
		switch {
		case s.State != order.StateOpen:
			return string(s.State), nil
		case len(s.Offers) < all:
			return fmt.Sprintf("%s, %d offers, %d for this terminal, %s", s.State, all, len(s.Offers), instructed(s.Instruction)), nil
		}
		return fmt.Sprintf("%s, %d offers, %s", s.State, all, instructed(s.Instruction)), nil
	})
}

const maxShown = 500 // bytes of a text that a payer is shown

// checkShown wants nothing in the texts that payers are shown which could pass
// for something else.
func checkShown(s gateway.Session) error {
	texts := []string{s.MerchantName, s.Order.Description}
	for _, o := range s.Offers {
		texts = append(texts, o.Title, o.Name)
	}
	for _, l := range s.Order.Lines {
		texts = append(texts, l.Name)
	}
	if s.Attempt != nil {
		texts = append(texts, s.Attempt.Component, s.Attempt.Reason)
	}
	if s.Payment != nil {
		texts = append(texts, s.Payment.Component, s.Payment.Reference)
	}
	for _, t := range texts {
		if err := order.CheckText(t, maxShown); err != nil && t != "" {
			return fmt.Errorf("the gateway's session says %.100q, which %w", t, err)
		}
	}
	return s.Order.Total.Validate()
}

func instructed(i gateway.Instruction) string {
	text := fmt.Sprintf("mode %s", i.Mode)
	if i.Component != "" {
		text += " " + i.Component
	}
	if i.Wanted != i.Mode {
		text += fmt.Sprintf(" (wanted %s: %s)", i.Wanted, i.Reason)
	}
	return text
}

// try makes one attempt.
func (y *payment) try(ctx context.Context) error {
	if err := y.step(ctx, StepChoose, func() (string, error) { return y.pick(ctx) }); err != nil {
		return err
	}
	var over bool
	err := y.step(ctx, StepBegin, func() (detail string, err error) {
		detail, refusal := y.begin(ctx)
		if over, err = y.overtaken(ctx, refusal); over {
			return "too late: " + refusal.Error(), nil
		}
		return detail, err
	})
	if err != nil || over {
		return err
	}
	return y.finish(ctx)
}

// overtaken reports that nothing could be begun because the order had just been
// decided, as by an earlier attempt whose provider was slower than the payer. That
// is a result, and no failure. Where it cannot be found out now, the error says that
// and not the refusal: whoever continues then finds the result.
func (y *payment) overtaken(ctx context.Context, refusal error) (over bool, err error) {
	if !errors.Is(refusal, order.CodeConflict) && !errors.Is(refusal, order.CodeExpired) {
		return false, refusal
	}
	s, err := y.peers.Cashier.Open(ctx, y.gateway, y.opening())
	switch {
	case order.CodeOf(err).Retryable():
		return false, err
	case err != nil || s.State == order.StateOpen:
		return false, refusal
	}
	y.attempt = nil // of what was decided tells the session
	return true, nil
}

// maxActions bounds how often one attempt hands the payer over.
const maxActions = 8

// finish performs what the attempt asks for until it is decided, or is left to
// a provider that has not decided.
func (y *payment) finish(ctx context.Context) error {
	for range maxActions {
		if y.attempt.State.Final() {
			return nil
		}
		back, err := y.perform(ctx)
		if err != nil {
			return err
		}
		if err := y.step(ctx, StepReturn, func() (string, error) { return y.comeBack(ctx, back) }); err != nil {
			return err
		}
		if y.attempt == nil || y.attempt.Action == nil {
			return nil
		}
	}
	return nil
}

// perform performs the action that the attempt asks for, if any.
func (y *payment) perform(ctx context.Context) (back component.Return, err error) {
	action := y.attempt.Action
	if action == nil {
		return back, nil
	}
	err = y.step(ctx, StepAct, func() (detail string, err error) {
		back, err = y.act(ctx, *action)
		return fmt.Sprintf("%s by %s", action.Kind(), y.offer), err
	})
	return back, err
}

// pick obeys the gateway's instruction, or asks the payer: where it says so,
// after an attempt that failed, where nothing on this terminal performs what was
// instructed, and where the merchant is called otherwise than on the page that
// the payer has seen.
func (y *payment) pick(ctx context.Context) (string, error) {
	i := y.session.Instruction
	failed := y.session.Attempt != nil && y.session.Attempt.State.Final()
	y.offer = i.Component
	if _, usable := y.offered(); usable && i.Mode != gateway.ModeChoose && !failed && !y.renamed() {
		return fmt.Sprintf("%s, by mode %s", y.offer, i.Mode), nil
	}
	if len(y.session.Offers) == 0 {
		return "", order.Errorf(order.CodeNotOffered, "scan.Pay", "nothing that the gateway offers can be performed on this terminal")
	}
	name, err := y.peers.Host.Choose(ctx, y.session)
	if err != nil {
		return "", err
	}
	y.offer = name
	if _, ok := y.offered(); !ok {
		return "", order.Errorf(order.CodeNotOffered, "scan.Pay", "%.64q is not among the %d offers", y.offer, len(y.session.Offers))
	}
	return name + ", by the payer", nil
}

// renamed says that the page called the merchant otherwise than the gateway.
func (y *payment) renamed() bool {
	return y.page.MerchantName != "" && y.page.MerchantName != y.session.MerchantName
}

// begin begins the attempt. While the gateway could not find out what the
// provider made of it, it begins again under the same key, which is the same
// attempt: otherwise the payer would wait for a provider that waits for the
// payer.
func (y *payment) begin(ctx context.Context) (string, error) {
	o, _ := y.offered()
	b := gateway.Beginning{Component: y.offer, Opening: y.opening(), Actions: y.actions(o), Key: string(order.NewID(y.options.Now()))}
	for pause := 200 * time.Millisecond; ; pause *= 2 {
		a, err := y.peers.Cashier.Begin(ctx, y.gateway, b)
		if err != nil {
			return "", err
		}
		y.attempt = &a
		if !unstarted(a) || pause > 2*time.Second {
			return fmt.Sprintf("attempt %s, %s", a.ID, a.State), nil
		}
		if err := sleep(ctx, pause); err != nil {
			return "", err
		}
	}
}

// unstarted says that the gateway does not know what its component made of the
// attempt: the payer has no way to pay with it yet.
func unstarted(a gateway.Attempt) bool {
	return a.Action == nil && (a.State == gateway.AttemptBegun || a.State == gateway.AttemptUnknown)
}

// show shows the result as the gateway holds it.
func (y *payment) show(ctx context.Context) error {
	return y.step(ctx, StepResult, func() (string, error) {
		r := y.result()
		return fmt.Sprintf("%s, %s", r.State, r.Order.Total), y.peers.Host.Result(ctx, r)
	})
}

func (y *payment) result() Result {
	r := Result{y.gateway, y.session.Order, y.session.MerchantName, y.session.State, y.session.Payment, y.session.Attempt, y.opening()}
	if r.Order.ID == "" {
		r.Order.ID = y.jump.Order
	}
	if y.attempt != nil {
		r.Attempt = y.attempt
	}
	return r
}
