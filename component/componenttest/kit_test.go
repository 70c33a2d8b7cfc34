package componenttest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// paper is a small component with its provider in one. bug names the one thing
// that it does wrong.
type paper struct {
	bug string
	end chan struct{} // of what it left

	mu      sync.Mutex
	sheets  map[string]*component.Evidence // by attempt
	burned  map[string]bool
	visited map[string]bool
	count   int
	paid    map[string]int
	given   map[string]int64                    // back, by attempt
	slips   map[string]component.RefundEvidence // by refund
}

func newPaper(bug string) *paper {
	return &paper{bug: bug, end: make(chan struct{}), sheets: map[string]*component.Evidence{}, burned: map[string]bool{}, visited: map[string]bool{}, paid: map[string]int{},
		given: map[string]int64{}, slips: map[string]component.RefundEvidence{}}
}

func (p *paper) harness() Harness {
	h := Harness{
		Settings:  []byte(`{"merchant":"m-1","key":"correct horse battery staple"}`),
		Make:      p.make,
		Late:      p.lateNotice,
		Foreign:   p.foreignNotice,
		Component: p,
		Attempt: component.Attempt{
			Merchant: "m", Amount: order.Money{Amount: 1230, Currency: "CNY"}, Expires: time.Now().Add(time.Hour),
			Actions: []component.ActionKind{component.ActionRedirect, component.ActionForm},
		},
		Decide:  p.decide,
		Notice:  p.notice,
		Charges: func(a component.Attempt) int { return p.paid[a.ID] },
		Refunds: func(a component.Attempt) int64 { return p.given[a.ID] },
	}
	if p.bug == "closes the unvisited" {
		h.Visit = func(_ context.Context, a component.Attempt, _ component.Action) error {
			p.visited[a.ID] = true
			return nil
		}
	}
	return h
}

func (p *paper) Describe() component.Description {
	d := component.Description{Name: "paper", Kind: "paper", Version: "1", Title: "Paper", Actions: []component.ActionKind{component.ActionRedirect}}
	d.Settings, _ = component.SchemaFor[paperSettings]()
	switch p.bug {
	case "no title":
		d.Title = ""
	case "no words for a setting":
		d.Settings.Properties["merchant"].Description = ""
	}
	return d
}

type paperSettings struct {
	Merchant string           `json:"merchant" jsonschema:"number of the merchant"`
	Key      component.Secret `json:"key" jsonschema:"key of the seal"`
}

// made is a paper of settings. It shares what its provider knows.
type made struct {
	*paper
	settings paperSettings
	told     string // what must not be
}

func (m made) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	p, err := m.paper.Begin(ctx, a)
	if p.Action != nil && m.bug == "sends the key" {
		p.Action.Redirect.Address += "?key=" + string(m.settings.Key.Reveal())
	}
	return p, err
}

func (p *paper) make(text []byte) (component.Component, error) {
	if p.bug == "takes any settings" {
		return made{paper: p}, nil
	}
	schema, err := component.SchemaFor[paperSettings]()
	if err != nil {
		return nil, err
	}
	if p.bug == "one problem at a time" {
		schema.Required = schema.Required[:1]
	}
	if p.bug == "tolerant" {
		schema.AdditionalProperties = nil
	}
	s, err := component.ReadSettings[paperSettings](text, schema, nil)
	if err != nil {
		return nil, err
	}
	if key := s.Key.Reveal(); p.bug == "quotes the key" && len(key) < 20 {
		return nil, fmt.Errorf("the key %s is short", key)
	}
	m := made{paper: p, settings: s}
	if p.bug == "prints the key" {
		m.told = string(s.Key.Reveal())
	}
	return m, nil
}

// lateNotice and foreignNotice are refused by their queries.
func (p *paper) lateNotice(_ component.Attempt, n component.Notification) (component.Notification, error) {
	n.Query = "n=late"
	return n, nil
}

func (p *paper) foreignNotice(_ component.Attempt, n component.Notification) (component.Notification, error) {
	n.Query = "n=foreign"
	return n, nil
}

func (p *paper) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ctx.Err() != nil && p.bug != "heedless" {
		return component.Progress{}, ctx.Err()
	}
	if p.bug == "leaves a goroutine" {
		go func() { <-p.end }()
	}
	if p.burned[a.ID] && p.bug != "not burned" {
		return component.Progress{}, order.CodeExpired
	}
	if len(a.Actions) == 0 && p.bug != "any action" {
		return component.Progress{}, order.CodeRefused
	}
	e := p.sheets[a.ID]
	if e == nil || p.bug == "begins twice" {
		p.count++
		e = &component.Evidence{Outcome: component.OutcomePending, Attempt: a.ID, Reference: strconv.Itoa(p.count), Amount: a.Amount}
	}
	if p.bug == "one for all" {
		e.Reference = "1"
	}
	p.sheets[a.ID] = e
	return component.Progress{Reference: e.Reference, Action: &component.Action{Redirect: &component.Redirect{Address: "https://paper.example/" + a.ID}}}, nil
}

func (p *paper) Resume(ctx context.Context, a component.Attempt, r component.Return) (component.Progress, error) {
	e, err := p.Query(ctx, a)
	if p.bug == "believes" && r.Query != "" {
		e.Outcome = component.OutcomeSucceeded
	}
	return component.Progress{Evidence: &e}, err
}

func (p *paper) Query(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ctx.Err() != nil && p.bug != "heedless" {
		return component.Evidence{}, ctx.Err()
	}
	e := p.sheets[a.ID]
	if e == nil {
		p.burned[a.ID] = true
		return component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: "not_found"}, nil
	}
	answer := *e
	switch p.bug {
	case "no amount":
		answer.Amount = order.Money{}
	case "echoes":
		answer.Amount = a.Amount
	case "no time":
		answer.At = time.Time{}
	}
	return answer, nil
}

func (p *paper) Cancel(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	failed := component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: "canceled"}
	p.mu.Lock()
	e := p.sheets[a.ID]
	switch {
	case e == nil && p.bug == "closes nothing", e != nil && p.bug == "closes the unvisited" && !p.visited[a.ID], e != nil && p.bug == "stays open" && e.Outcome == component.OutcomePending,
		e != nil && p.bug == "closes paid":
		defer p.mu.Unlock()
		return failed, nil
	case e != nil && e.Outcome == component.OutcomePending:
		e.Outcome, e.Reason = component.OutcomeFailed, "canceled"
	}
	p.mu.Unlock()
	return p.Query(ctx, a)
}

func (p *paper) Refund(_ context.Context, a component.Attempt, r component.Refund) (component.RefundEvidence, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	slip, known := p.slips[r.ID]
	if known && p.bug != "refunds twice" {
		return slip, nil
	}
	slip = component.RefundEvidence{Outcome: component.OutcomeSucceeded, Refund: r.ID, Reference: "r" + r.ID, Amount: r.Amount, At: time.Now()}
	switch {
	case p.bug == "refunds unpaid" && p.paid[a.ID] == 0, p.bug == "refunds too much":
	case p.given[a.ID]+r.Amount.Amount > int64(p.paid[a.ID])*a.Amount.Amount:
		return component.RefundEvidence{Outcome: component.OutcomeFailed, Refund: r.ID, Reason: "exceeds"}, nil
	}
	p.given[a.ID] += r.Amount.Amount
	p.slips[r.ID] = slip
	return slip, nil
}

func (p *paper) decide(_ context.Context, a component.Attempt, _ component.Action, approve bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.sheets[a.ID]
	p.visited[a.ID] = true
	if e.Outcome != component.OutcomePending && p.bug != "charges twice" {
		return order.CodeConflict
	}
	e.Outcome, e.Reason, e.At = component.OutcomeFailed, "declined", time.Now()
	if p.bug == "no reason" {
		e.Reason = ""
	}
	if approve {
		e.Outcome, e.Reason = component.OutcomeSucceeded, ""
	}
	if approve || p.bug == "charges declined" {
		p.paid[a.ID]++
	}
	return nil
}

func (p *paper) notice(_ context.Context, a component.Attempt) (component.Notification, error) {
	body, err := json.Marshal(p.sheets[a.ID])
	return component.Notification{Header: textproto.MIMEHeader{"Sum": {sum(body)}}, Query: "n=1", Body: body}, err
}

func sum(body []byte) string {
	h := sha256.Sum256(append([]byte("paper"), body...))
	return hex.EncodeToString(h[:])
}

func (p *paper) Receive(_ context.Context, n component.Notification) (component.Received, error) {
	if n.Header.Get("Sum") != sum(n.Body) && p.bug != "unsigned" {
		if p.bug == "asks again" {
			return component.Received{}, errors.New("the signature is wrong")
		}
		return component.Received{}, &order.Error{Code: order.CodeUnauthenticated}
	}
	switch {
	case n.Query == "n=late" && p.bug == "says no without a reason":
		return component.Received{}, &order.Error{Code: order.CodeRefused}
	case n.Query == "n=late" && p.bug != "takes old news", n.Query == "n=foreign" && p.bug != "takes other people's":
		return component.Received{}, &order.Error{Code: order.CodeRefused, Detail: "the notification is " + n.Query[2:]}
	}
	var e component.Evidence
	if err := json.Unmarshal(n.Body, &e); err != nil {
		return component.Received{}, &order.Error{Code: order.CodeInvalid, Err: err}
	}
	if p.bug == "other reference" {
		e.Reference += "0"
	}
	return component.Received{Evidence: &e}, nil
}

// A component without faults passes every check.
func TestFaultless(t *testing.T) {
	Run(t, func(*testing.T) Harness { return newPaper("").harness() })
}

// faults names, for each thing that a component can do wrong, the check that
// has to find it.
func faults() map[string]string {
	return map[string]string{
		"no title":                 "Described",
		"no words for a setting":   "Described",
		"takes any settings":       "Configured",
		"one problem at a time":    "Configured",
		"tolerant":                 "Configured",
		"sends the key":            "Discreet",
		"prints the key":           "Discreet",
		"quotes the key":           "Discreet",
		"takes old news":           "Current",
		"takes other people's":     "Current",
		"says no without a reason": "Current",
		"leaves a goroutine":       "Tidy",
		"any action":               "Actions",
		"begins twice":             "BeginAgain",
		"charges twice":            "BeginAgain",
		"no amount":                "Approved",
		"no time":                  "Approved",
		"charges declined":         "Declined",
		"no reason":                "Declined",
		"other reference":          "Notified",
		"echoes":                   "Mismatched",
		"unsigned":                 "Tampered",
		"asks again":               "Tampered",
		"believes":                 "Hint",
		"not burned":               "NeverBegun",
		"stays open":               "Closed",
		"closes paid":              "Closed",
		"closes nothing":           "Closed",
		"closes the unvisited":     "Closed",
		"refunds twice":            "Refunded",
		"refunds too much":         "Refunded",
		"refunds unpaid":           "Refunded",
		"heedless":                 "Canceled",
		"one for all":              "Concurrent",
	}
}

// Every check can fail: each has a fault that it finds.
func TestFaults(t *testing.T) {
	for _, c := range checks() {
		found := 0
		for bug, name := range faults() {
			if name != c.name {
				continue
			}
			found++
			p := newPaper(bug)
			if c.run(t.Context(), p.harness()) == nil {
				t.Errorf("a component with the fault %q passed %s", bug, name)
			}
			close(p.end)
		}
		if found == 0 || c.contract == "" {
			t.Errorf("check %s has no fault to find, or no contract", c.name)
		}
	}
}

// An ability that a component does not have is skipped, not passed.
func TestSkips(t *testing.T) {
	h := newPaper("").harness()
	h.Component = struct{ component.Component }{h.Component}
	for _, c := range checks() {
		_, skips := errors.AsType[skipped](c.run(t.Context(), h))
		abilities := []string{"Notified", "Tampered", "Current", "NeverBegun", "Closed", "Refunded"}
		if want := slices.Contains(abilities, c.name); skips != want {
			t.Errorf("%s: skipped %v, want %v", c.name, skips, want)
		}
	}
}
