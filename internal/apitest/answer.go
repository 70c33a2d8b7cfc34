package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// checkAnswer wants the answer to be described: its status, headers and body, and
// the code of a problem. To a webhook that may be answered with anything, anything
// is right.
func checkAnswer(in *openapi3filter.RequestValidationInput, e exchange) error {
	described := answerOf(in.Route, e.status)
	switch {
	case e.of == ofNobody || e.of == ofTest && e.status <= 399, e.hook != "" && in.Route.Operation.Responses.Default() != nil:
		return nil
	case described == nil: // which kin-openapi lets pass for some
		return fmt.Errorf("the status %d is not described", e.status)
	}
	options := options()
	options.ExcludeResponseBody = e.bare()
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: e.status, Header: e.answerHeader,
		Body: io.NopCloser(bytes.NewReader(e.answer)), Options: options}
	return errors.Join(openapi3filter.ValidateResponse(context.Background(), out), checkBody(described, e))
}

// answerOf is what is described for a status, nil for nothing.
func answerOf(route *routers.Route, status int) *openapi3.Response {
	ref := route.Operation.Responses.Status(status)
	if ref == nil {
		ref = route.Operation.Responses.Default()
	}
	if ref == nil {
		return nil
	}
	return ref.Value
}

// checkBody wants no body where none is described, and where there is a problem
// its code among the examples of its answer.
func checkBody(described *openapi3.Response, e exchange) error {
	const problem = "application/problem+json"
	media, _, _ := mime.ParseMediaType(e.answerHeader.Get("Content-Type"))
	switch {
	case len(described.Content) == 0 && len(e.answer) > 0:
		return errors.New("the answer has a body, and none is described")
	case e.bare():
		return checkMedia(described, media)
	case media == problem:
		return checkProblem(described.Content[problem], e)
	}
	return nil
}

// bare reports that the answer was seen without its body: the one to a HEAD is left
// out after its handler.
func (e exchange) bare() bool { return e.method == http.MethodHead && len(e.answer) == 0 }

// checkMedia wants the media type that an answer without its body tells.
func checkMedia(described *openapi3.Response, media string) error {
	if len(described.Content) > 0 && described.Content.Get(media) == nil {
		return fmt.Errorf("the media type %q is not described", media)
	}
	return nil
}

func checkProblem(described *openapi3.MediaType, e exchange) error {
	var problem struct {
		Code   string
		Status int
	}
	if err := json.Unmarshal(e.answer, &problem); err != nil {
		return err
	}
	if described == nil || described.Examples[problem.Code] == nil {
		return fmt.Errorf("the code %s is not described for status %d: give it an example", problem.Code, e.status)
	}
	if problem.Status != e.status {
		return fmt.Errorf("the problem says status %d and is sent with %d", problem.Status, e.status)
	}
	return nil
}

// checkSigned wants signatures on both halves of what is done for who signs. A
// caller by its TLS client certificate signs nothing and gets none, and an error may
// be told to somebody who is not known.
func checkSigned(route *routers.Route, e exchange) error {
	if route.Operation.Security == nil || len(*route.Operation.Security) == 0 || e.tls && e.header.Get("Signature") == "" {
		return nil
	}
	for _, name := range []string{"Content-Digest", "Signature-Input", "Signature"} {
		switch {
		case e.taken() && e.header.Get(name) == "":
			return fmt.Errorf("the request is to be signed, and the header %s is missing", name)
		case (e.status <= 299 || e.answerHeader.Get("Signature") != "") && e.of == ofServer && e.answerHeader.Get(name) == "":
			return fmt.Errorf("the answer is to be signed, and the header %s is missing", name)
		}
	}
	return nil
}
