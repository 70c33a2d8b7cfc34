package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// MaxBody is how many bytes a message may have.
const MaxBody = 1 << 20

// Call is one request to a peer.
type Call struct {
	Op      string // for the error, such as "scanhttp.Confirm"
	Method  string
	Address string
	Key     string      // idempotency key; "" for none
	Header  http.Header // further ones, may be nil
	Body    any         // sent as JSON; nil for none
	// Again says that the role's contract lets this call be made again although
	// it is a POST without a key.
	Again bool
}

// repeatable reports whether making the call again does no more than making it
// once.
func (c Call) repeatable() bool { return c.Method == http.MethodGet || c.Key != "" || c.Again }

// once sends the call one time.
func (c Call) once(ctx context.Context, client *http.Client, answer any) error {
	req, err := c.request(ctx)
	if err != nil {
		return withOp(c.Op, err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return withOp(c.Op, unreached(err))
	}
	defer resp.Body.Close()
	return withOp(c.Op, wire.DecodeResponse(resp, MaxBody, answer))
}

func (c Call) request(ctx context.Context) (*http.Request, error) {
	if _, err := CheckAddress(c.Address); err != nil {
		return nil, err
	}
	body, err := c.body()
	if err != nil {
		return nil, &order.Error{Code: order.CodeInvalid, Detail: "the message cannot be written as JSON", Err: err}
	}
	req, err := http.NewRequestWithContext(ctx, c.Method, c.Address, bytes.NewReader(body))
	if err != nil {
		return nil, &order.Error{Code: order.CodeInvalid, Detail: "the address cannot be asked for", Err: err}
	}
	for name, values := range c.Header {
		req.Header[name] = values
	}
	req.Header.Set("Accept", "application/json, application/problem+json")
	if c.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Key != "" {
		return req, wire.SetIdempotencyKey(req, c.Key)
	}
	return req, nil
}

// body is written as answers are, see wire.Encode: & stays &.
func (c Call) body() ([]byte, error) {
	if c.Body == nil {
		return nil, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(c.Body)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// unreached is the error of a request without an answer. The cause loses the
// address that package net/http puts in front of it.
func unreached(err error) error {
	if e, ok := errors.AsType[*order.Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	return &order.Error{Code: order.CodeUnavailable, Detail: "the server could not be reached", Err: err}
}

// withOp says which call it was.
func withOp(op string, err error) error {
	e, ok := errors.AsType[*order.Error](err)
	if !ok {
		return err
	}
	named := *e
	named.Op = op
	return &named
}
