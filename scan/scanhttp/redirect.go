package scanhttp

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/verify"
)

// maxRedirects is how long a chain is followed.
const maxRedirects = 5

// RedirectError is a redirect that was not followed, because nobody has verified
// where it leads. It is the cause of an *order.Error with order.CodeRefused.
type RedirectError struct {
	Status  int    // of the answer
	Address string // where it leads
	Err     error  // why it was not followed, a *verify.RejectedError for instance; nil where none is
}

// Error names the address.
func (e *RedirectError) Error() string {
	text := fmt.Sprintf("scanhttp: status %d redirects to %.200q: not followed, verify it and ask there", e.Status, e.Address)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap is why it was not followed.
func (e *RedirectError) Unwrap() error { return e.Err }

// follow is the rule for the redirects of an http.Client.
func follow(policy verify.Verifier) func(req *http.Request, via []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		e := &RedirectError{Address: req.URL.String()}
		if req.Response != nil {
			e.Status = req.Response.StatusCode
		}
		switch {
		case policy == nil:
		case len(via) > maxRedirects:
			e.Err = fmt.Errorf("the chain has more than %d redirects", maxRedirects)
		case req.Method != via[0].Method:
			e.Err = fmt.Errorf("it makes a %s of a %s", req.Method, via[0].Method)
		default:
			if e.Err = enter(policy, req); e.Err == nil {
				return nil
			}
		}
		return &order.Error{Code: order.CodeRefused, Detail: "the server redirects to another address", Err: e}
	}
}

// enter has the request ask the canonical address, where the policy accepts it.
func enter(policy verify.Verifier, req *http.Request) error {
	verdict, err := policy.Verify(req.Context(), req.URL.String())
	if err != nil {
		return err
	}
	canonical, err := url.Parse(verdict.Address.String())
	if err != nil {
		return err
	}
	*req.URL, req.Host = *canonical, ""
	req.Header.Del("Referer") // the address before may be secret
	return nil
}
