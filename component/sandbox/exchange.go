package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"strconv"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/internal/web"
	"github.com/anyscan/anyscan/order"
)

// exchange asks the company, at the path below its address, and reads its
// signed answer into out. An answer that is not signed says nothing: the
// outcome is unknown then, as it is without any answer.
func (c *Component) exchange(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return order.Errorf(order.CodeInvalid, "", "the attempt cannot be written: %w", err)
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, c.settings.Provider+path, bytes.NewReader(body))
	if err != nil {
		return &order.Error{Code: order.CodeInternal, Err: err}
	}
	r.Header.Set("Content-Type", "application/json")
	said := statement{c.settings.Merchant, method, r.URL.RequestURI(), body}
	said.sign(c.settings.Secret, c.options.Now(), textproto.MIMEHeader(r.Header))
	answer, err := web.Do(c.options.Client, r)
	if err != nil {
		return err
	}
	heard := statement{c.settings.Merchant, strconv.Itoa(answer.Status), r.Header.Get(headerSignature), answer.Body}
	if err := heard.verify(c.settings.Secret, c.options.Now(), textproto.MIMEHeader(answer.Header)); err != nil {
		return &order.Error{Code: order.CodeUnavailable, Detail: "there was no answer that the company signed",
			Err: fmt.Errorf("status %d, %d bytes: %w", answer.Status, len(answer.Body), err)} // which may hold a payment page's address
	}
	if err := answer.Err(); err != nil {
		return err
	}
	if err := web.Decode(answer.Body, out); err != nil {
		return unreadable(err)
	}
	return nil
}

// unreadable is a signed answer that makes no sense: a fault of the company.
func unreadable(err error) error {
	return &order.Error{Code: order.CodeInternal, Detail: "the company's answer makes no sense", Err: err}
}

// Receive implements component.Receiver. It takes only a notification that the
// company signed for this merchant within five minutes.
//
// Errors are *order.Error: CodeUnauthenticated for a forged, changed, stale or
// foreign one, CodeTooLarge, and CodeInvalid for one that is signed but
// malformed. Each says what was wrong, and none is retryable.
func (c *Component) Receive(_ context.Context, n component.Notification) (component.Received, error) {
	e, err := c.receive(n)
	if err != nil {
		return component.Received{}, named("sandbox.Receive", err)
	}
	return component.Received{Evidence: &e, Acknowledge: component.Acknowledgement{Status: http.StatusNoContent}}, nil
}

func (c *Component) receive(n component.Notification) (component.Evidence, error) {
	if err := web.Fits(n.Body); err != nil {
		return component.Evidence{}, err
	}
	said := notification(c.settings.Merchant, n.Body)
	if err := said.verify(c.settings.Secret, c.options.Now(), n.Header); err != nil {
		return component.Evidence{}, err
	}
	var s status
	if err := web.Decode(n.Body, &s); err != nil {
		return component.Evidence{}, err
	}
	e, err := s.evidence()
	if err = errors.Join(err, checkNumber(s.Number)); err != nil {
		return component.Evidence{}, order.Errorf(order.CodeInvalid, "", "the notification makes no sense: %w", err)
	}
	return e, nil
}
