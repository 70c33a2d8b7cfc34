package orderhttp

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// The fields of the form that confirms. The choices stand beside them as in a
// query.
const (
	fieldKey      = "key"      // hidden key, see web.FormKey
	fieldRevision = "revision" // of the page
	fieldCurrency = "currency"
	fieldTotal    = "total"  // in minor units, where the page says what is paid
	fieldAmount   = "amount" // in major units, where the payer enters it
)

// confirm makes the order: from JSON with an Idempotency-Key, or from a form.
func (h *handler) confirm(w http.ResponseWriter, r *http.Request) {
	v, err := h.visited(r, r.URL.RawQuery, nil)
	if err != nil {
		h.site.Fail(w, r, err)
		return
	}
	if web.IsForm(r) {
		h.confirmForm(w, r, v)
		return
	}
	var c order.Confirmation
	if c.Key, err = wire.IdempotencyKey(r); err == nil {
		err = wire.Decode(r, exchange.MaxBody, &c)
	}
	if err != nil {
		h.site.Fail(w, r, err)
		return
	}
	h.order(w, r, v, c, web.Remedy{})
}

func (h *handler) confirmForm(w http.ResponseWriter, r *http.Request, v visit) {
	back := web.Remedy{Back: h.base + v.link("")}
	form, err := web.ReadForm(r)
	if err != nil {
		h.site.FailWith(w, r, err, back)
		return
	}
	c, err := h.readForm(v, form)
	v.choices = c.Choices
	switch {
	case errors.Is(err, order.ErrAmount) && !web.PrefersJSON(r):
		err = h.show(w, r, v, http.StatusBadRequest, noticeAmount)
	case err == nil:
		back.Again, back.Fields, back.Leads = h.base+v.link("/orders"), form.Fields, h.gateway
		h.order(w, r, v, c, back)
	}
	if err != nil {
		h.site.FailWith(w, r, err, web.Remedy{Back: back.Back})
	}
}

// order confirms and answers with the page jump, by which a browser goes on.
func (h *handler) order(w http.ResponseWriter, r *http.Request, v visit, c order.Confirmation, m web.Remedy) {
	jump, err := h.server.Confirm(r.Context(), v.address, c)
	person := !web.PrefersJSON(r)
	switch {
	case err == nil && exchange.Origin(jump.Address) != h.gateway:
		err = &order.Error{Code: order.CodeInternal, Op: "orderhttp.Confirm",
			Err: errors.New("the page jump leads to " + exchange.Origin(jump.Address) + ", not to the gateway")}
	case err == nil && person:
		w.Header().Set("Location", jump.Address)
		w.WriteHeader(http.StatusSeeOther)
	case err == nil:
		err = wire.Encode(w, http.StatusOK, jump)
	case person && errors.Is(err, order.CodePageChanged):
		err = h.show(w, r, v, http.StatusConflict, noticeChanged)
	}
	if err != nil && !order.CodeOf(err).Retryable() {
		m.Again, m.Fields = "", nil
	}
	if err != nil {
		h.site.FailWith(w, r, err, m)
	}
}

// readForm makes the confirmation of a form. An amount that was not entered
// right is order.ErrAmount.
func (h *handler) readForm(v visit, form web.Form) (c order.Confirmation, err error) {
	one := func(name string) (value string) {
		if err == nil {
			value, err = form.One(name)
		}
		return value
	}
	key, currency, total, amount := one(fieldKey), one(fieldCurrency), one(fieldTotal), one(fieldAmount)
	c.Merchant, c.Revision = v.merchant[len("/m/"):], one(fieldRevision)
	if err != nil {
		return c, err
	}
	if _, c.Choices, err = exchange.SplitQuery(form.Raw); err != nil {
		return c, err
	}
	if c.Total, err = readTotal(total, amount, currency); err != nil {
		return c, err
	}
	content, err := json.Marshal(c) // of strings and numbers; always marshals
	if err == nil {
		c.Key, err = h.keys.Open(v.address, key, string(content))
	}
	return c, err
}

func readTotal(total, amount, currency string) (order.Money, error) {
	if total == "" {
		m, err := order.ParseMoney(pointed(amount, currency), currency)
		if err == nil {
			err = m.Validate()
		}
		if err != nil {
			return m, order.Errorf(order.CodeInvalid, "", "%w", err)
		}
		return m, nil
	}
	n, err := strconv.ParseInt(total, 10, 64)
	if err != nil || amount != "" {
		return order.Money{}, order.Errorf(order.CodeInvalid, "", "the form's total is not one amount")
	}
	return order.Money{Amount: n, Currency: currency}, nil
}

// pointed takes the comma that many keypads have for the point. With three
// decimals it stays a comma, which is refused: 1,000 could be a thousand.
func pointed(amount, currency string) string {
	amount = strings.TrimSpace(amount)
	if decimals, _ := order.Exponent(currency); decimals == 2 {
		return strings.Replace(amount, ",", ".", 1)
	}
	return amount
}
