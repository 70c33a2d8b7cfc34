package webpayment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/anyscan/anyscan/order"
)

// media is that of a token in a body (RFC 7519, section 10.3.1).
const media = "application/jwt"

// newClient takes a redirect for an answer: a signed request is carried nowhere
// else.
func newClient(t http.RoundTripper) *http.Client {
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// exchange posts a signed request to the operator and reads its signed statement. An
// error means that nothing is known: what is not signed decides nothing.
func (c *Component) exchange(ctx context.Context, token, kind string) (s statement, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	answer, err := c.post(ctx, token)
	if err != nil {
		return s, err
	}
	s, err = c.read(answer, kind)
	if err != nil {
		return s, unknown("there was no answer that the operator signed", err)
	}
	return s, nil
}

func (c *Component) post(ctx context.Context, token string) (answer string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.settings.Server, strings.NewReader(token))
	if err != nil {
		return "", &order.Error{Code: order.CodeInternal, Err: err}
	}
	r.Header.Set("Content-Type", media)
	r.Header.Set("Accept", media)
	resp, err := c.client.Do(r)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err // without the address
		}
		return "", unknown("there was no answer", err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxToken+1))
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return "", unknown("the answer broke off", err)
	case resp.StatusCode/100 == 4 && resp.StatusCode != http.StatusTooManyRequests:
		return "", &order.Error{Code: order.CodeInternal, Detail: "the operator did not take the request", Err: fmt.Errorf("status %d", resp.StatusCode)}
	case resp.StatusCode != http.StatusOK:
		return "", unknown("there was no answer of the operator", fmt.Errorf("status %d", resp.StatusCode))
	case kind != media:
		return "", unknown("there was no answer of the operator", fmt.Errorf("the content type is %.40q: want %s", kind, media))
	}
	return string(raw), nil // read refuses one byte too many
}

// unknown is a call after which nobody can say what the operator did.
func unknown(detail string, err error) error {
	return &order.Error{Code: order.CodeUnavailable, Detail: detail, Err: err}
}

// unreadable is a signed answer that makes no sense.
func unreadable(err error) error {
	return &order.Error{Code: order.CodeInternal, Detail: "the operator's answer makes no sense", Err: err}
}
