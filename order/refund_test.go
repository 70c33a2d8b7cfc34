package order_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
)

// What a gateway says of refunds is bounded before it is stored or shown, and never
// comes to more than was paid.
func TestStatusProblemsOfRefunds(t *testing.T) {
	at := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	yuan := func(n int64) order.Money { return order.Money{Amount: n, Currency: "CNY"} }
	for name, c := range map[string]struct {
		spoil func(s *order.Status)
		want  []string
	}{
		"as it should be": {func(*order.Status) {}, nil},
		"all of it":       {func(s *order.Status) { s.Refunds[1].Amount = yuan(1500) }, nil},
		"more than all":   {func(s *order.Status) { s.Refunds[1].Amount = yuan(1501) }, []string{"/refunds"}},
		"more than all, with one that failed": {func(s *order.Status) {
			s.Refunds[1].Amount, s.Refunds[0] = yuan(2500), failed(s.Refunds[0])
		}, nil},
		"one above the payment": {func(s *order.Status) { s.Refunds[1].Amount = yuan(2501) }, []string{"/refunds/1/amount", "/refunds"}},
		"nothing":               {func(s *order.Status) { s.Refunds[1].Amount = yuan(0) }, []string{"/refunds/1/amount", "/refunds/1/amount"}},
		"less than nothing":     {func(s *order.Status) { s.Refunds[1].Amount = yuan(-1) }, []string{"/refunds/1/amount", "/refunds/1/amount"}},
		"another currency":      {func(s *order.Status) { s.Refunds[1].Amount.Currency = "JPY" }, []string{"/refunds/1/amount"}},
		"not paid":              {func(s *order.Status) { s.State, s.Payment = order.StateOpen, nil }, []string{"/refunds"}},
		"too many":              {func(s *order.Status) { s.Refunds = make([]order.Refund, order.MaxRefunds+1) }, []string{"/refunds"}},
		"twice":                 {func(s *order.Status) { s.Refunds[1].ID = s.Refunds[0].ID }, []string{"/refunds/1/id"}},
		"no ID":                 {func(s *order.Status) { s.Refunds[0].ID = "" }, []string{"/refunds/0/id"}},
		"no number":             {func(s *order.Status) { s.Refunds[0].Number = "" }, []string{"/refunds/0/number"}},
		"the acquirer's state":  {func(s *order.Status) { s.Refunds[1].State = order.RefundPlacing }, []string{"/refunds/1/state"}},
		"no reference":          {func(s *order.Status) { s.Refunds[0].Reference = "" }, []string{"/refunds/0/reference"}},
		"not moved":             {func(s *order.Status) { s.Refunds[0].Moved = time.Time{} }, []string{"/refunds/0/moved"}},
		"moved too early":       {func(s *order.Status) { s.Refunds[1].Moved = at }, []string{"/refunds/1/moved"}},
		"no word of failure":    {func(s *order.Status) { s.Refunds[1].State = order.RefundFailed }, []string{"/refunds/1/failure"}},
		"long reason":           {func(s *order.Status) { s.Refunds[1].Reason = strings.Repeat("x", 501) }, []string{"/refunds/1/reason"}},
		"before it was made":    {func(s *order.Status) { s.Refunds[1].Changed = at.Add(-time.Hour) }, []string{"/refunds/1/changed"}},
	} {
		s := order.Status{State: order.StatePaid, Version: 4, Changed: at,
			Payment: &order.Payment{Component: "amber", Attempt: "a", Reference: "p", Amount: yuan(2500), At: at, Booked: at},
			Refunds: []order.Refund{
				{ID: order.NewID(at), Number: "r1", Amount: yuan(1000), State: order.RefundSucceeded, Reference: "p-1", Created: at, Changed: at, Moved: at},
				{ID: order.NewID(at), Number: "r2", Amount: yuan(500), State: order.RefundPending, Created: at, Changed: at},
			}}
		c.spoil(&s)
		if diff := cmp.Diff(c.want, paths(t, s.Validate())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func failed(r order.Refund) order.Refund {
	r.State, r.Failure, r.Reference, r.Moved = order.RefundFailed, "window_closed", "", time.Time{}
	return r
}

// An ID is used for one refund, so its form is checked before anything is stored.
func TestRefundRequestProblems(t *testing.T) {
	r := order.RefundRequest{ID: "x", Amount: order.Money{Amount: -1, Currency: "CNY"}, Reason: "a\nb"}
	if diff := cmp.Diff([]string{"/id", "/amount", "/reason"}, paths(t, r.Validate())); diff != "" {
		t.Error(diff)
	}
}
