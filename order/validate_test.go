package order_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
)

func validOrder() order.Order {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	return order.Order{
		ID: order.NewID(now), Merchant: "teahouse", Total: order.Money{Amount: 500, Currency: "CNY"},
		Lines:   []order.Line{{Item: "oolong", Name: "Oolong", Quantity: 2, Price: order.Money{Amount: 250, Currency: "CNY"}}},
		Created: now, Expires: now.Add(time.Minute),
	}
}

// paths are where an error says that something is wrong.
func paths(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*order.Error](err)
	if !ok || e.Code != order.CodeInvalid {
		t.Fatalf("err = %v, want an *order.Error with invalid_request", err)
	}
	var where []string
	for _, p := range e.Problems {
		where = append(where, p.Path)
	}
	return where
}

func TestOrderProblemsCarryTheirPath(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*order.Order)
		want  []string
	}{
		"valid":           {func(*order.Order) {}, nil},
		"id":              {func(o *order.Order) { o.ID = "x" }, []string{"/id"}},
		"merchant":        {func(o *order.Order) { o.Merchant = "tea house" }, []string{"/merchant"}},
		"sum":             {func(o *order.Order) { o.Total.Amount-- }, []string{"/total"}},
		"currency":        {func(o *order.Order) { o.Lines[0].Price.Currency = "EUR" }, []string{"/total"}},
		"no amount":       {func(o *order.Order) { o.Total.Amount, o.Lines = 0, nil }, []string{"/total"}},
		"quantity":        {func(o *order.Order) { o.Lines[0].Quantity = -2 }, []string{"/lines/0/quantity", "/lines"}},
		"name":            {func(o *order.Order) { o.Lines[0].Name = "a\nb" }, []string{"/lines/0/name"}},
		"turned around":   {func(o *order.Order) { o.Description = "a\u202eb" }, []string{"/description"}},
		"two lines":       {func(o *order.Order) { o.Description = "a\u2028b" }, []string{"/description"}},
		"blank":           {func(o *order.Order) { o.Lines[0].Name = "\u200b \u00a0" }, []string{"/lines/0/name"}},
		"a step back":     {func(o *order.Order) { o.Merchant = ".." }, []string{"/merchant"}},
		"not UTF-8":       {func(o *order.Order) { o.Description = "\xff" }, []string{"/description"}},
		"too long":        {func(o *order.Order) { o.Description = strings.Repeat("a", 501) }, []string{"/description"}},
		"too many":        {func(o *order.Order) { o.Lines = make([]order.Line, order.MaxLines+1) }, []string{"/lines"}},
		"no time":         {func(o *order.Order) { o.Expires = o.Created }, []string{"/expires"}},
		"several at once": {func(o *order.Order) { o.ID, o.Merchant = "", "" }, []string{"/id", "/merchant"}},
	} {
		o := validOrder()
		c.spoil(&o)
		if diff := cmp.Diff(c.want, paths(t, o.Validate())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestStatusIsWhatAGatewayCanSay(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	paid := func() order.Status {
		return order.Status{State: order.StatePaid, Version: 2, Changed: now, Payment: &order.Payment{
			Component: "blue", Attempt: "a1", Reference: "p1", Amount: order.Money{Amount: 1, Currency: "CNY"}}}
	}
	for name, c := range map[string]struct {
		spoil func(*order.Status)
		want  []string
	}{
		"valid":            {func(*order.Status) {}, nil},
		"acquirer's state": {func(s *order.Status) { s.State = order.StatePlacing }, []string{"/state", "/payment"}},
		"no version":       {func(s *order.Status) { s.Version = 0 }, []string{"/version"}},
		"no time":          {func(s *order.Status) { s.Changed = time.Time{} }, []string{"/changed"}},
		"paid by nothing":  {func(s *order.Status) { s.Payment = nil }, []string{"/payment"}},
		"open but paid":    {func(s *order.Status) { s.State = order.StateOpen }, []string{"/payment"}},
		"no reference":     {func(s *order.Status) { s.Payment.Reference = "" }, []string{"/payment/reference"}},
		"no amount":        {func(s *order.Status) { s.Payment.Amount.Amount = 0 }, []string{"/payment/amount"}},
	} {
		s := paid()
		c.spoil(&s)
		if diff := cmp.Diff(c.want, paths(t, s.Validate())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestPageIsSafeToShow(t *testing.T) {
	price := order.Money{Amount: 250, Currency: "CNY"}
	page := func() order.Page {
		return order.Page{Kind: order.PageShop, Merchant: "teahouse", MerchantName: "Tea House", Revision: "r1", Currency: "CNY",
			Goods: []order.Item{{ID: "oolong", Name: "Oolong", Price: price}}}
	}
	for name, c := range map[string]struct {
		spoil func(*order.Page)
		want  []string
	}{
		"valid":            {func(*order.Page) {}, nil},
		"kind":             {func(p *order.Page) { p.Kind = "poster" }, []string{"/kind"}},
		"control in name":  {func(p *order.Page) { p.MerchantName = "Tea\x1b[2J" }, []string{"/merchant_name"}},
		"another currency": {func(p *order.Page) { p.Goods[0].Price.Currency = "EUR" }, []string{"/goods/0/price"}},
		"negative total":   {func(p *order.Page) { p.Total = order.Money{Amount: -1, Currency: "CNY"} }, []string{"/total"}},
		"wrong line":       {func(p *order.Page) { p.Lines = []order.Line{{Item: "a b", Name: "A", Quantity: 1, Price: price}} }, []string{"/lines/0/item"}},
		"too many":         {func(p *order.Page) { p.Goods = make([]order.Item, order.MaxLines+1) }, []string{""}},
	} {
		p := page()
		c.spoil(&p)
		if diff := cmp.Diff(c.want, paths(t, p.Validate())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestConfirmationNeedsAKey(t *testing.T) {
	c := order.Confirmation{Merchant: "m", Revision: "r", Total: order.Money{Amount: 1, Currency: "CNY"}}
	if err := c.Validate(); !errors.Is(err, order.CodeIdempotencyKeyMissing) {
		t.Errorf("err = %v, want idempotency_key_missing", err)
	}
	c.Key = "k"
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	c.Choices = []order.Choice{{Item: "a", Quantity: 1}, {Item: "a", Quantity: 1}, {Item: "b", Quantity: 0}}
	if diff := cmp.Diff([]string{"/choices/1/item", "/choices/2/quantity"}, paths(t, c.Validate())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"/choices"}, paths(t, order.ValidateChoices(nil))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFinalStatesNeverChange(t *testing.T) {
	all := []order.State{order.StatePlacing, order.StateRefused, order.StateOpen, order.StatePaid, order.StateCanceled, order.StateExpired}
	for _, from := range all {
		for _, to := range all {
			if from.Final() && from != to && from.CanBecome(to) {
				t.Errorf("%s is final but can become %s", from, to)
			}
			if to == order.StatePlacing && from != to && from.CanBecome(to) {
				t.Errorf("%s can become placing again", from)
			}
		}
	}
	if !order.StateOpen.CanBecome(order.StatePaid) || !order.StatePlacing.CanBecome(order.StatePaid) {
		t.Error("an order cannot become paid")
	}
}
