package sandbox

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/anyscan/anyscan/component/sandbox/internal/web"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/order"
)

// show answers GET /pay/{token}. It changes nothing.
func (p *Provider) show(w http.ResponseWriter, r *http.Request) {
	v, err := p.page(r, func(*payment, time.Time) error { return nil })
	p.respond(w, r, v, err)
}

// press answers POST /pay/{token}.
func (p *Provider) press(w http.ResponseWriter, r *http.Request) {
	d, err := readDecision(r)
	if err != nil {
		p.respond(w, r, view{Base: p.base, Heading: "This did not work"}, err)
		return
	}
	v, err := p.page(r, func(y *payment, now time.Time) error { return p.decide(y, d, now, now) })
	p.respond(w, r, v, err)
}

// page runs act on the payment of the page and returns what then is to be seen.
func (p *Provider) page(r *http.Request, act func(y *payment, now time.Time) error) (view, error) {
	v := view{Base: p.base, Heading: "This did not work"}
	err := p.do(func(now time.Time) error {
		y := p.ledger.tokens[r.PathValue("token")]
		if y == nil {
			return order.Errorf(order.CodeNotFound, "", "there is no such payment: check the address, or scan the code again")
		}
		err := act(y, now)
		v.show(y, now)
		return err
	})
	return v, err
}

// decide makes the payer's decision final, as if it was pressed at the time due.
func (p *Provider) decide(y *payment, d wallet.Decision, now, due time.Time) error {
	if err := y.mayDecide(d, now); err != nil || y.decision != "" {
		return err
	}
	switch d {
	case wallet.Slow:
		due = due.Add(p.options.Slow)
	case wallet.Unknown:
		due = due.Add(p.options.Unknown)
	}
	err := p.ledger.record(entry{Kind: entryDecided, At: now, Merchant: y.merchant, Number: y.Number, Decision: d, Due: due})
	select {
	case p.wake <- struct{}{}:
	default: // it is awake already
	}
	return err
}

// readDecision takes the form of a browser and the JSON of a program.
func readDecision(r *http.Request) (wallet.Decision, error) {
	body, err := web.Read(r.Body)
	if err != nil {
		return "", err
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && media == "application/json":
		var in struct {
			Decision wallet.Decision `json:"decision"`
		}
		err = web.Decode(body, &in)
		return in.Decision, err
	case err == nil && media == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err == nil && len(form["decision"]) == 1 {
			return wallet.Decision(form.Get("decision")), nil
		}
	}
	return "", order.Errorf(order.CodeInvalid, "", "the request does not say which button was pressed")
}

func (p *Provider) respond(w http.ResponseWriter, r *http.Request, v view, err error) {
	code, note, body := http.StatusOK, "", []byte(nil)
	if err != nil {
		code, note, body = web.Problem(err)
	}
	h := w.Header()
	h.Set("Vary", "Accept")
	h.Set("Referrer-Policy", "strict-origin")
	switch {
	case wantsJSON(r) && err == nil:
		if body, err = json.Marshal(v.Payment); err != nil {
			code, _, body = web.Problem(err)
		}
		writeJSON(w, code, body)
	case wantsJSON(r):
		writeJSON(w, code, body)
	case err == nil && r.Method == http.MethodPost:
		h.Set("Cache-Control", "no-store")
		h.Set("Location", v.Back)
		w.WriteHeader(http.StatusSeeOther)
	default:
		v.Note = note
		p.render(w, code, v)
	}
}

// wantsJSON tells a program from a browser, which always asks for HTML.
func wantsJSON(r *http.Request) bool {
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}

func (p *Provider) style(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=3600")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeFileFS(w, r, assets, "style.css")
}
