package gatewaytest

import (
	"context"
	"encoding/json"
	"errors"
	"net/textproto"
	"slices"
	"sync"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Wallet is a component whose provider does what a test says. It is an
// instrument: its provider lives in memory and its seal protects nothing. It is
// safe for concurrent use.
type Wallet struct {
	name     string
	currency []string

	mu       sync.Mutex
	payments map[string]payment // by attempt
	refunds  map[string]refund  // by number
	refused  map[string]bool    // attempts that were asked for before they began
	asked    map[string]int     // how often Begin was called for an attempt
	deaf     bool
	rule     string // why it gives nothing back, "" while it does
}

type payment struct {
	amount  order.Money
	outcome component.Outcome
}

var (
	_ component.Component = (*Wallet)(nil)
	_ component.Receiver  = (*Wallet)(nil)
	_ component.Querier   = (*Wallet)(nil)
)

const seal = "the kit's own"

// NewWallet makes a wallet that takes the currencies, or any if none is given.
func NewWallet(name string, currency ...string) *Wallet {
	return &Wallet{name: name, currency: currency, payments: map[string]payment{}, refunds: map[string]refund{}, refused: map[string]bool{}, asked: map[string]int{}}
}

// Parameters are a wallet's configuration parameters.
type Parameters struct {
	Brand string `json:"brand" jsonschema:"name of the brand"`
}

// Describe names the wallet; its kind is its name and "-wallet".
func (w *Wallet) Describe() component.Description {
	schema, err := component.SchemaFor[Parameters]()
	if err != nil {
		return component.Description{}
	}
	return component.Description{Name: w.name, Kind: w.name + "-wallet", Version: "1", Title: "The " + w.name + " wallet",
		Actions: []component.ActionKind{component.ActionRedirect, component.ActionForm}, Currencies: w.currency,
		Parameters: Parameters{Brand: w.name}, Schema: schema}
}

// Begin makes the payment at the provider, or finds it again, and sends the
// payer to its page.
func (w *Wallet) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[a.ID]++
	if err := ctx.Err(); err != nil {
		return component.Progress{}, err
	}
	if w.refused[a.ID] {
		return component.Progress{Evidence: &component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: "too_late"}}, nil
	}
	if _, found := w.payments[a.ID]; !found {
		w.payments[a.ID] = payment{a.Amount, component.OutcomePending}
	}
	if w.deaf {
		return component.Progress{}, errors.New("gatewaytest: the provider's answer was lost")
	}
	action := w.action(a)
	return component.Progress{Action: &action, Reference: w.reference(a.ID)}, nil
}

// action leads to the provider's page: by a redirect, or by a form for a
// terminal that cannot follow one.
func (w *Wallet) action(a component.Attempt) component.Action {
	page := "https://" + w.name + ".example/pay/" + a.ID
	if slices.Contains(a.Actions, component.ActionRedirect) {
		return component.Action{Redirect: &component.Redirect{Address: page}}
	}
	return component.Action{Form: &component.Form{Address: page}}
}

// Resume asks the provider; what came back is not looked at.
func (w *Wallet) Resume(ctx context.Context, a component.Attempt, _ component.Return) (component.Progress, error) {
	e, err := w.Query(ctx, a)
	return component.Progress{Evidence: &e}, err
}

// Query asks the provider.
func (w *Wallet) Query(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch _, found := w.payments[a.ID]; {
	case ctx.Err() != nil:
		return component.Evidence{}, ctx.Err()
	case w.deaf:
		return component.Evidence{}, errors.New("gatewaytest: the provider's answer was lost")
	case !found:
		w.refused[a.ID] = true
		return component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: "never_begun"}, nil
	}
	return w.evidence(a.ID), nil
}

// Receive believes what carries the seal.
func (w *Wallet) Receive(_ context.Context, n component.Notification) (component.Received, error) {
	var e component.Evidence
	if n.Header.Get("Seal") != seal || json.Unmarshal(n.Body, &e) != nil {
		return component.Received{}, order.Errorf(order.CodeUnauthenticated, "gatewaytest", "the notice is forged")
	}
	return component.Received{Evidence: &e, Acknowledge: component.Acknowledgement{Status: 200, ContentType: "text/plain", Body: []byte("taken by " + w.name)}}, nil
}

// Decide is what the payer did at the provider. What is decided stays.
func (w *Wallet) Decide(attempt string, o component.Outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p := w.payments[attempt]; p.outcome == component.OutcomePending {
		w.payments[attempt] = payment{p.amount, o}
	}
}

// Deafen loses every answer of the provider, which goes on doing what it is
// asked to, until it is called with false.
func (w *Wallet) Deafen(deaf bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deaf = deaf
}

// Asked is how often the wallet was asked to begin the attempt.
func (w *Wallet) Asked(attempt string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked[attempt]
}

// Evidence is what the provider says of the attempt.
func (w *Wallet) Evidence(attempt string) component.Evidence {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.evidence(attempt)
}

// decidedAt is when the provider decides everything.
var decidedAt = time.Date(2026, 11, 23, 9, 1, 0, 0, time.UTC)

func (w *Wallet) evidence(attempt string) component.Evidence {
	p := w.payments[attempt]
	e := component.Evidence{Outcome: p.outcome, Attempt: attempt, Reference: w.reference(attempt), At: decidedAt}
	switch p.outcome {
	case component.OutcomeSucceeded:
		e.Amount = p.amount
	case component.OutcomeFailed:
		e.Reason = "declined"
	}
	return e
}

func (w *Wallet) reference(attempt string) string { return w.name + "-" + attempt }

// Notice is a notification that the wallet believes, whatever it says.
func (w *Wallet) Notice(e component.Evidence) component.Notification {
	body, err := json.Marshal(e)
	if err != nil {
		return component.Notification{}
	}
	return component.Notification{Header: textproto.MIMEHeader{"Seal": {seal}, "Content-Type": {"application/json"}}, Body: body}
}
