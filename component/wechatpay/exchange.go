package wechatpay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/anyscan/anyscan/order"
)

const maxAnswer = 64 << 10 // bytes

// newClient takes a redirect for an answer: a signed request is carried nowhere
// else.
func newClient(t http.RoundTripper) *http.Client {
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// call asks WeChat Pay and reads its signed answer into out; with out nil it wants
// one without content, 204. no is a signed refusal, whose code may be a decision; an
// error means that nothing is known. target is a path with its query.
func (c *Component) call(ctx context.Context, method, target string, content, out any) (no *fault, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	r, err := c.request(ctx, method, target, content)
	if err != nil {
		return nil, &order.Error{Code: order.CodeInternal, Detail: "the request could not be signed", Err: err}
	}
	resp, body, err := c.exchange(r)
	if err != nil {
		return nil, err
	}
	err = c.authentic(resp.Header, body)
	switch {
	case resp.StatusCode >= 300:
		return refusal(resp.StatusCode, body, err)
	case err != nil:
		return nil, unknown("there was no answer that WeChat Pay signed", fmt.Errorf("%d bytes with status %d: %w", len(body), resp.StatusCode, err))
	case out == nil && resp.StatusCode == http.StatusNoContent && len(body) == 0:
		return nil, nil
	case out == nil || resp.StatusCode != http.StatusOK: // 202 may yet be done or not
		return nil, unknown("WeChat Pay has not done it yet", fmt.Errorf("status %d", resp.StatusCode))
	}
	if err := json.Unmarshal(body, out); err != nil {
		return nil, unreadable(err)
	}
	return nil, nil
}

// request is a signed request.
func (c *Component) request(ctx context.Context, method, target string, content any) (*http.Request, error) {
	var body bytes.Buffer
	if content != nil {
		e := json.NewEncoder(&body)
		e.SetEscapeHTML(false)
		if err := e.Encode(content); err != nil {
			return nil, err
		}
		body.Truncate(body.Len() - 1) // the line's end
	}
	authorization, err := c.authorization(method, target, body.String())
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, method, c.settings.Gateway+target, &body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", authorization)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "anyscan") // WeChat Pay refuses requests without one
	if content != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if id := c.keys.preferred(); id != "" {
		r.Header.Set(headerSerial, id)
	}
	return r, nil
}

// exchange sends a request and reads the whole answer.
func (c *Component) exchange(r *http.Request) (*http.Response, []byte, error) {
	resp, err := c.client.Do(r)
	if err != nil {
		return nil, nil, unknown("there was no answer", bare(err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, nil, unknown("the answer broke off", err)
	case len(body) > maxAnswer:
		return nil, nil, unknown("the answer is too long", fmt.Errorf("more than %d bytes", maxAnswer))
	}
	return resp, body, nil
}

// bare is a client's error without the address, which may hold a secret.
func bare(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// unknown is a call after which nobody can say what WeChat Pay did.
func unknown(detail string, err error) error {
	return &order.Error{Code: order.CodeUnavailable, Detail: detail, Err: err}
}

// unreadable is a signed answer that makes no sense.
func unreadable(err error) error {
	return &order.Error{Code: order.CodeInternal, Detail: "WeChat Pay's answer makes no sense", Err: err}
}
