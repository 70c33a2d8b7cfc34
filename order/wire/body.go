package wire

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/anyscan/anyscan/order"
)

// readBody reads body to its end and refuses more than limit bytes. A nil body
// is empty.
func readBody(body io.Reader, limit int64) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok || int64(len(data)) > limit {
		return nil, order.Errorf(order.CodeTooLarge, "", "the body has more than %d bytes", limit)
	}
	if err != nil {
		return nil, &order.Error{Code: order.CodeUnavailable, Detail: "the body could not be read to its end", Err: err}
	}
	return data, nil
}

// newBody is data as the body of a message.
func newBody(data []byte) io.ReadCloser {
	if len(data) == 0 {
		return http.NoBody
	}
	return io.NopCloser(bytes.NewReader(data))
}
