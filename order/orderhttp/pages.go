package orderhttp

import (
	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order"
)

// View is what a template of the merchant's pages is given as .Data: direct.html,
// shop.html and review.html, by the kind of the page. result.html is given an
// order.Status.
//
// A template of the same name in [Options.Pages] takes the place of the handler's own.
// It begins with {{template "top" .}}, ends with {{template "bottom" .}}, and can use
//
//	{{t "Paid"}}  {{t "Amount in %s" .Currency}}   the text in the payer's language, see Texts
//	{{money .Total}}  {{number .Price}}            an amount as that language writes it, with and without its currency
//	{{number (cost .)}}                            what a line comes to
//	{{day .At}}                                    a time, in UTC
//	{{template "amount" .Total}}  {{template "lines" .Lines}}  {{hidden .Hidden}}
//
// A form that confirms posts to .Action, has all of .Hidden, and where .Total is zero
// the field amount, in major units. What else stands in it is not looked at: prices
// are the catalogue's. Templates are html/template: what they are given is escaped, and
// NewHandler says which of them cannot be.
type View struct {
	order.Page
	Notice      string  // why the page is shown again, as a text for t; "" for none
	WrongAmount bool    // the notice is about the amount that was entered
	Action      string  // where the form goes
	Code        string  // the code's own query, for the field "q." of a shop's form
	Hidden      []Field // of the form that confirms
	Decimals    int     // of the currency
	Example     string  // of an amount
	Blank       string  // an amount of nothing
	Pattern     string  // of an amount, for the browser
	Change      string  // back from the order information page
}

// Field is a hidden field of a form.
type Field = web.Field
