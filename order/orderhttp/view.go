package orderhttp

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

const (
	noticeAmount  = "Please enter the amount in digits."
	noticeChanged = "Goods or prices have changed since you opened this page. Please look again before you confirm."
)

// view makes the page for a person.
func (h *handler) view(v visit, p order.Page, notice string) (web.Page, error) {
	m := View{Page: p, Notice: notice, Code: v.query, Change: h.base + v.link("")}
	page := web.Page{Title: "%s", Named: p.MerchantName, Forms: []string{"'self'", h.gateway}, Data: &m}
	m.Action = h.base + v.link("/orders")
	m.Hidden = h.hidden(v, p)
	switch p.Kind {
	case order.PageDirect:
		page.Template = "direct.html"
		m.WrongAmount = notice == noticeAmount && p.Total == order.Money{}
		m.entry()
	case order.PageReview:
		page.Template = "review.html"
	case order.PageShop:
		page.Template, page.Forms = "shop.html", []string{"'self'"}
		m.Action = h.base + v.merchant + "/review"
	default:
		return page, &order.Error{Code: order.CodeInternal, Err: fmt.Errorf("a page of kind %.40q", p.Kind)}
	}
	return page, nil
}

// entry says how an amount of the page's currency is entered.
func (m *View) entry() {
	m.Decimals, _ = order.Exponent(m.Currency)
	m.Example = order.Money{Amount: 1250, Currency: m.Currency}.Decimal()
	m.Blank = order.Money{Currency: m.Currency}.Decimal()
	m.Pattern = "[0-9]+"
	switch m.Decimals {
	case 2: // see pointed
		m.Pattern = `[0-9]+([.,][0-9]{1,2})?`
	case 3:
		m.Pattern = `[0-9]+([.][0-9]{1,3})?`
	}
}

// hidden are the fields of the form that confirms the page.
func (h *handler) hidden(v visit, p order.Page) []Field {
	fields := []Field{
		{Name: fieldKey, Value: h.keys.Mint(v.address)},
		{Name: fieldRevision, Value: p.Revision},
		{Name: fieldCurrency, Value: p.Currency},
	}
	if p.Total != (order.Money{}) {
		fields = append(fields, Field{Name: fieldTotal, Value: strconv.FormatInt(p.Total.Amount, 10)})
	}
	for _, l := range p.Lines {
		fields = append(fields, Field{Name: exchange.ChoicePrefix + l.Item, Value: strconv.FormatInt(l.Quantity, 10)})
	}
	return fields
}

// result answers with the order as the acquirer holds it, to who comes back from
// the gateway.
func (h *handler) result(w http.ResponseWriter, r *http.Request) {
	s, err := h.status(r)
	switch {
	case err != nil:
	case web.PrefersJSON(r):
		err = wire.Encode(w, http.StatusOK, s)
	default:
		page := web.Page{Template: "result.html", Title: "Your payment", Data: s}
		page.State = string(s.State)
		if !s.State.Final() {
			page.Refresh = 5
		}
		h.site.Render(w, r, http.StatusOK, page)
	}
	if err != nil {
		h.site.Fail(w, r, err)
	}
}

func (h *handler) status(r *http.Request) (order.Status, error) {
	address := h.base + r.URL.RequestURI()
	if len(address) > exchange.MaxAddress {
		return order.Status{}, order.Errorf(order.CodeNotFound, "", "there is no such order")
	}
	return h.server.Result(r.Context(), address)
}
