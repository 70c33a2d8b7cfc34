package stripe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	sdk "github.com/stripe/stripe-go/v85"

	"github.com/anyscan/anyscan/order"
)

const maxAnswer = 4 << 20 // bytes; a page of a hundred sessions is the longest

// newClient is the SDK with a backend of its own, which shares nothing with other
// users of the SDK in the process. It logs nothing, sends no telemetry, and tries
// once: its own waits between tries know no context, and the gateway asks again.
func newClient(key, base string, o Options) *sdk.Client {
	api := sdk.GetBackendWithConfig(sdk.APIBackend, &sdk.BackendConfig{
		URL: new(base), MaxNetworkRetries: new(int64(0)), EnableTelemetry: new(false), LeveledLogger: &sdk.LeveledLogger{Level: sdk.LevelNull},
		HTTPClient: &http.Client{Transport: bounded{o.Transport}, Timeout: o.Timeout},
	})
	return sdk.NewClient(key, sdk.WithBackends(&sdk.Backends{API: api}))
}

// bounded is a transport that gives back no redirect, so that the key is carried
// nowhere else, and no more of an answer than the SDK, which reads all, should read.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode < http.StatusBadRequest {
		resp.Body.Close()
		return nil, fmt.Errorf("status %d, which Stripe's API does not answer with", resp.StatusCode)
	}
	resp.Body = &limited{resp.Body, maxAnswer}
	return resp, nil
}

type limited struct {
	io.ReadCloser
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	if l.left -= n; l.left < 0 {
		return 0, fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	return n, err
}

// failed is a call of the API that failed, in the gateway's words. The SDK's error is
// not passed on: its text may hold a client secret.
func failed(err error) error {
	e, ok := errors.AsType[*sdk.Error](err)
	if !ok {
		return unknown("there was no answer of Stripe's API", bare(err))
	}
	cause := fmt.Errorf("status %d, type %.40q, code %.64q, param %.64q, request %.64q: %.300s", e.HTTPStatusCode, e.Type, e.Code, e.Param, e.RequestID, e.Msg)
	code, detail := verdict(e)
	return &order.Error{Code: code, Detail: detail, Err: cause}
}

// verdict says what an error of the API means. See docs.stripe.com/api/errors and
// docs.stripe.com/error-low-level.
func verdict(e *sdk.Error) (order.Code, string) {
	switch status := e.HTTPStatusCode; {
	case status == http.StatusConflict || e.Code == sdk.ErrorCodeIdempotencyKeyInUse:
		return order.CodeInFlight, "Stripe is working on the same request"
	case e.Type == sdk.ErrorTypeIdempotency:
		return order.CodeIdempotencyKeyReused, "the number stands for another request at Stripe"
	case status == http.StatusTooManyRequests && e.Code == sdk.ErrorCodeLockTimeout:
		return order.CodeUnavailable, "Stripe is working on the same object"
	case status == http.StatusTooManyRequests:
		return order.CodeRateLimited, "Stripe gets too many requests of this account"
	case status == http.StatusUnauthorized:
		return order.CodeInternal, "Stripe does not take the secret key: was it rolled, or is it of another account?"
	case status == http.StatusForbidden:
		return order.CodeInternal, "the restricted key may not do this: it has to write Checkout Sessions and refunds, and read PaymentIntents and charges"
	case status >= http.StatusInternalServerError || e.Type == sdk.ErrorTypeAPI:
		return order.CodeUnavailable, "Stripe could not say"
	case e.Code == sdk.ErrorCodeAmountTooSmall || e.Code == sdk.ErrorCodeAmountTooLarge:
		return order.CodeRefused, "Stripe takes no payment of this amount"
	case e.Code == sdk.ErrorCodeResourceMissing:
		return order.CodeInternal, "Stripe does not know this: is the secret key of another account, or of another mode?"
	}
	return order.CodeInternal, "Stripe did not take the request"
}

// bare is a client's error without the address, and the SDK's without the body, of
// which it quotes a part.
func bare(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	text, _, _ := strings.Cut(err.Error(), ", body sample")
	return fmt.Errorf("%.200s", text)
}

// unknown is a call after which nobody can say what Stripe did.
func unknown(detail string, err error) error {
	return &order.Error{Code: order.CodeUnavailable, Detail: detail, Err: err}
}

// unreadable is an answer that makes no sense.
func unreadable(format string, args ...any) error {
	return &order.Error{Code: order.CodeInternal, Detail: "Stripe's answer makes no sense", Err: fmt.Errorf(format, args...)}
}
