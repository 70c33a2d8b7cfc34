package orderhttp_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
)

// till takes every order and remembers it.
type till struct{ placed []order.Order }

func (c *till) Place(_ context.Context, o order.Order) (order.Placement, error) {
	c.placed = append(c.placed, o)
	return order.Placement{Address: "https://pay.example/pay/" + string(o.ID), Expires: o.Expires}, nil
}

func (c *till) Query(context.Context, order.ID) (order.Status, error) {
	return order.Status{}, order.Errorf(order.CodeNotFound, "", "nothing is asked here")
}

// TestPersonBuysGoods goes through the pages of a real acquirer as a browser
// does, with goods that are not in the order of their names.
func TestPersonBuysGoods(t *testing.T) {
	at := &till{}
	server := newAcquirer(t, at, base)
	v := webtest.NewVisitor(t, base, newHandlerFor(t, server, base))
	shop := v.Open(printed(t, server, "teahouse")).Page(t).Forms[0]
	shop.Fields.Set("q.oolong", "2")
	shop.Fields.Set("q.cup", "1")
	review := v.Open(shop.Action + "?" + shop.Fields.Encode()).Page(t).Forms[0]
	a := v.Post(review.Action, review.Fields)
	if a.StatusCode != 303 || len(at.placed) != 1 || a.Header.Get("Location") != "https://pay.example/pay/"+string(at.placed[0].ID) {
		t.Fatalf("status %d to %q: %s", a.StatusCode, a.Header.Get("Location"), a.Page(t).Text)
	}
	if diff := cmp.Diff(yuan(2*6800+3200), at.placed[0].Total); diff != "" {
		t.Error(diff)
	}
	if again := v.Post(review.Action, review.Fields); again.Header.Get("Location") != a.Header.Get("Location") {
		t.Errorf("a second click leads to %q", again.Header.Get("Location"))
	}
	result := v.Open(at.placed[0].ReturnAddress).Page(t)
	if result.Refresh != "5" {
		t.Errorf("the result reads %q", result.Text)
	}
}

// A person pays a bill that a till shows, and the next one cannot pay it again.
func TestPersonPaysABill(t *testing.T) {
	at := &till{}
	server := newAcquirer(t, at, base)
	v := webtest.NewVisitor(t, base, newHandlerFor(t, server, base))
	bill := shown(t, server, "busker", yuan(123400))
	page := v.Open(bill).Page(t)
	if !strings.Contains(page.Text, "CN¥1,234.00 CNY") || page.Forms[0].Fields.Get("total") != "123400" {
		t.Errorf("the page reads %q with %v", page.Text, page.Forms)
	}
	if a := v.Post(page.Forms[0].Action, page.Forms[0].Fields); a.StatusCode != 303 || len(at.placed) != 1 || at.placed[0].Total != yuan(123400) {
		t.Fatalf("status %d: %s", a.StatusCode, a.Text)
	}
	o := at.placed[0]
	err := server.Notify(t.Context(), order.Status{Order: o, State: order.StatePaid, Version: 2, Changed: o.Created,
		Payment: &order.Payment{Component: "blue", Attempt: "1", Reference: "1", Amount: o.Total, At: o.Created}})
	if err != nil {
		t.Fatal(err)
	}
	a := v.Open(bill)
	if text := a.Page(t).Text; a.StatusCode != 409 || !strings.Contains(text, "This code was for one payment, and it is paid. Ask the merchant for a new one.") || strings.Contains(text, "Go back") {
		t.Errorf("the next customer is told, with status %d: %q", a.StatusCode, text)
	}
}

// A person who scans a code that was taken back is told so in plain words, and a
// program by its code.
func TestPersonScansARevokedCode(t *testing.T) {
	server := newAcquirer(t, &till{}, base)
	v := webtest.NewVisitor(t, base, newHandlerFor(t, server, base))
	address := revoked(t, server, "cafe")
	a := v.Open(address)
	page := a.Page(t)
	if a.StatusCode != 410 || page.Title != "This code is not valid any more" || !strings.Contains(page.Text, "Ask for a new one; nothing was charged.") ||
		len(page.Forms) > 0 || !strings.Contains(page.Text, "The code was taken back on") {
		t.Errorf("status %d, title %q: %q", a.StatusCode, page.Title, page.Text)
	}
	if a := v.Get(address); a.StatusCode != 410 || !strings.Contains(a.Text, `"code":"revoked"`) {
		t.Errorf("a program is told, with status %d: %s", a.StatusCode, a.Text)
	}
}
