package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/anyscan/anyscan/order"
)

// Decode reads the JSON body of a request into v, a pointer. It takes
// application/json of at most limit bytes, in UTF-8, and nothing that v has no
// place for: unknown fields, names in another letter case, names that stand
// twice, null where v cannot hold it, nesting deeper than 32, and data after
// the value are refused. A type with its own UnmarshalJSON or UnmarshalText
// decides itself what it takes. After an error the content of v means nothing.
//
// Errors are *[order.Error]: [order.CodeInvalid] with every problem found (at
// most 20) and its JSON Pointer, [order.CodeTooLarge] for more than limit
// bytes, [order.CodeUnavailable] when the body broke off.
func Decode(r *http.Request, limit int64, v any) error {
	return withOp("wire.Decode", decodeRequest(r, limit, v, requestRules))
}

// DecodeNotification reads the JSON body of a request that tells what happened
// and asks for nothing, such as an order's new status. Fields that v has no place
// for are skipped, so that its sender can grow first; all else, errors included,
// is as in [Decode].
func DecodeNotification(r *http.Request, limit int64, v any) error {
	return withOp("wire.DecodeNotification", decodeRequest(r, limit, v, reportRules))
}

func decodeRequest(r *http.Request, limit int64, v any, rs rules) error {
	if err := checkMedia(r.Header, "application/json"); err != nil {
		return order.Errorf(order.CodeInvalid, "", "the request cannot be read: %w", err)
	}
	data, err := readBody(r.Body, limit)
	if err != nil {
		return err
	}
	return decode(data, v, rs)
}

// DecodeResponse reads the answer to a request into v, a pointer, or only its
// status when v is nil. Fields that v has no place for are skipped; all else is
// as strict as in [Decode]. It does not close the body.
//
// Errors are *[order.Error]: what [ReadError] makes of a status that is not 2xx,
// [order.CodeInternal] for an answer that is malformed or longer than limit
// bytes, [order.CodeUnavailable] when it broke off.
func DecodeResponse(resp *http.Response, limit int64, v any) error {
	const op = "wire.DecodeResponse"
	if err := ReadError(resp); err != nil || v == nil {
		return err
	}
	err := decodeAnswer(resp, limit, v)
	if err == nil || errors.Is(err, order.CodeUnavailable) {
		return withOp(op, err)
	}
	return &order.Error{Code: order.CodeInternal, Op: op, Detail: "the answer is not a valid message", Err: err}
}

func decodeAnswer(resp *http.Response, limit int64, v any) error {
	if err := checkMedia(resp.Header, "application/json"); err != nil {
		return err
	}
	data, err := readBody(resp.Body, limit)
	if err != nil {
		return err
	}
	return decode(data, v, reportRules)
}

// Encode sends v as JSON with the status, not to be stored by caches. Characters
// such as & stand as they are, and not as \u0026, as other languages write them:
// so a proxy that reads and writes JSON leaves most signed bodies as they were.
// The body
// is rendered before anything is sent: after an error, an *[order.Error] with
// [order.CodeInternal], nothing was, and [WriteError] can take its place.
func Encode(w http.ResponseWriter, status int, v any) error {
	body, err := marshal(v)
	if err != nil {
		return &order.Error{Code: order.CodeInternal, Op: "wire.Encode", Err: err}
	}
	render(w, status, "application/json", body)
	return nil
}

// marshal writes JSON without the escapes that are for HTML: nothing of ours is
// taken for that.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// render sends a whole answer. A failing write is not reported: the caller is
// gone then, and there is nobody left to tell.
func render(w http.ResponseWriter, status int, media string, body []byte) {
	h := w.Header()
	h.Set(typeHeader, media)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(body)
}

// checkMedia reports content that is not of the media type, not in UTF-8, or
// encoded.
func checkMedia(h http.Header, want string) error {
	types := h.Values(typeHeader)
	if len(types) != 1 {
		return fmt.Errorf("the header Content-Type stands %d times: want one, %s", len(types), want)
	}
	media, params, err := mime.ParseMediaType(types[0])
	if err != nil || media != want {
		return fmt.Errorf("the content type is %.80q: want %s", types[0], want)
	}
	if set, ok := params["charset"]; ok && !strings.EqualFold(set, "utf-8") {
		return fmt.Errorf("the charset is %.40q: want utf-8", set)
	}
	if enc := h.Get(codingHeader); enc != "" && enc != "identity" {
		return fmt.Errorf("the content encoding is %.40q: want none", enc)
	}
	return nil
}
