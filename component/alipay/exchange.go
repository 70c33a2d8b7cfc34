package alipay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/anyscan/anyscan/order"
)

const maxAnswer = 64 << 10 // bytes

// newClient takes a redirect for an answer: a signed request is carried nowhere
// else.
func newClient(t http.RoundTripper) *http.Client {
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// call asks Alipay and reads its signed answer into out. word is the sub_code of
// an answer that says no to the request as business, such as notExist; an error
// means that nothing is known.
func (c *Component) call(ctx context.Context, method string, content, out any) (word string, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	body, err := c.exchange(ctx, method, content)
	if err != nil {
		return "", err
	}
	signed, err := c.authentic(body, strings.ReplaceAll(method, ".", "_")+"_response")
	if err != nil {
		return "", unknown("there was no answer that Alipay signed", fmt.Errorf("%s, %d bytes: %w", method, len(body), err))
	}
	var head answer
	if err := json.Unmarshal(signed, &head); err != nil {
		return "", unreadable(err)
	}
	switch {
	case head.Code == "10000":
		err = json.Unmarshal(signed, out)
	case head.business():
		return head.SubCode, nil
	default:
		return "", head.err()
	}
	if err != nil {
		return "", unreadable(err)
	}
	return "", nil
}

// exchange sends a request, with the content in the body and the rest in the
// address as Alipay's own clients do.
func (c *Component) exchange(ctx context.Context, method string, content any) ([]byte, error) {
	p, err := c.request(method, content, nil)
	if err != nil {
		return nil, &order.Error{Code: order.CodeInternal, Detail: "the request could not be signed", Err: err}
	}
	body := url.Values{"biz_content": {p["biz_content"]}}
	delete(p, "biz_content")
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.settings.Gateway+"?"+p.query(), strings.NewReader(body.Encode()))
	if err != nil {
		return nil, &order.Error{Code: order.CodeInternal, Err: err}
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
	r.Header.Set("Accept", "application/json")
	resp, err := c.client.Do(r)
	if err != nil {
		return nil, unknown("there was no answer", bare(err))
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, unknown("the answer broke off", err)
	case len(raw) > maxAnswer:
		return nil, unknown("the answer is too long", fmt.Errorf("more than %d bytes", maxAnswer))
	case resp.StatusCode != http.StatusOK:
		return nil, unknown("there was no answer of Alipay's API", fmt.Errorf("status %d", resp.StatusCode))
	}
	return raw, nil
}

// bare is a client's error without the address, which is long and signed.
func bare(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// unknown is a call after which nobody can say what Alipay did.
func unknown(detail string, err error) error {
	return &order.Error{Code: order.CodeUnavailable, Detail: detail, Err: err}
}

// unreadable is a signed answer that makes no sense.
func unreadable(err error) error {
	return &order.Error{Code: order.CodeInternal, Detail: "Alipay's answer makes no sense", Err: err}
}

// query is the parameters as the query of an address.
func (p parameters) query() string {
	v := url.Values{}
	for name, value := range p {
		v.Set(name, value)
	}
	return v.Encode()
}
