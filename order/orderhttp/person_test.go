package orderhttp_test

import (
	"context"
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
	v := webtest.NewVisitor(t, base, newHandlerFor(t, newAcquirer(t, at, base), base))
	shop := v.Open("/m/teahouse?v=signature").Page(t).Forms[0]
	review := v.Open(shop.Action + "?" + "q.=v%3Dsignature&q.oolong=2&q.cup=1").Page(t).Forms[0]
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
