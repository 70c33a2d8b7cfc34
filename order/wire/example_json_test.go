package wire_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// Names of a misspelled field are found, with the place they stand in.
func ExampleDecode() {
	r := httptest.NewRequest("POST", "/orders", strings.NewReader(`{"amount": "12", "curency": "CNY"}`))
	r.Header.Set("Content-Type", "application/json")

	var m order.Money
	err := wire.Decode(r, 64<<10, &m)
	e, _ := errors.AsType[*order.Error](err)
	fmt.Println(e.Code)
	for _, p := range e.Problems {
		fmt.Println(p)
	}
	// Output:
	// invalid_request
	// /amount is a string: want an integer of 64 bits
	// /curency is not known here: want one of "amount", "currency"
}

// Who tells what happened may tell more than its reader knows.
func ExampleDecodeNotification() {
	r := httptest.NewRequest("POST", "/notifications", strings.NewReader(`{"amount": 1230, "currency": "CNY", "news": true}`))
	r.Header.Set("Content-Type", "application/json")

	var m order.Money
	err := wire.DecodeNotification(r, 64<<10, &m)
	fmt.Println(m, err)
	// Output: 12.30 CNY <nil>
}

func ExampleEncode() {
	w := httptest.NewRecorder()
	if err := wire.Encode(w, http.StatusCreated, order.Money{Amount: 1230, Currency: "CNY"}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	fmt.Println(w.Body)
	// Output:
	// 201 application/json
	// {"amount":1230,"currency":"CNY"}
}

// Servers may answer with more than a client knows.
func ExampleDecodeResponse() {
	w := httptest.NewRecorder()
	wire.Encode(w, http.StatusOK, map[string]any{"amount": 1230, "currency": "CNY", "news": true})

	var m order.Money
	err := wire.DecodeResponse(w.Result(), 64<<10, &m)
	fmt.Println(m, err)
	// Output: 12.30 CNY <nil>
}

// The cause stays with the server.
func ExampleWriteError() {
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/orders/1", nil)
	wire.WriteError(w, r, &order.Error{
		Code: order.CodeNotFound, Detail: "there is no such order", Err: errors.New("sql: no rows in result set"),
	})
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	fmt.Println(w.Body)
	// Output:
	// 404 application/problem+json
	// {"type":"https://pkg.go.dev/github.com/anyscan/anyscan/order#Code","title":"There is no such thing","status":404,"detail":"there is no such order","code":"not_found","retryable":false}
}

// A client acts on the code, wherever the error came from.
func ExampleReadError() {
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/orders/1", nil)
	wire.WriteError(w, r, order.Errorf(order.CodeExpired, "clearing.Place", "the order was to be paid by noon"))

	err := wire.ReadError(w.Result())
	fmt.Println(errors.Is(err, order.CodeExpired))

	proxy := &http.Response{StatusCode: 502, Header: http.Header{"Content-Type": {"text/html"}}, Body: http.NoBody}
	fmt.Println(order.CodeOf(wire.ReadError(proxy)))
	// Output:
	// true
	// unavailable
}

func ExampleIdempotencyKey() {
	r := httptest.NewRequest("POST", "/orders", nil)
	_, err := wire.IdempotencyKey(r)
	fmt.Println(err)

	r.Header.Set("Idempotency-Key", `"8e03978e-40d5"`)
	fmt.Println(wire.IdempotencyKey(r))
	// Output:
	// wire.IdempotencyKey: idempotency_key_missing: the header Idempotency-Key is missing: every write needs one
	// 8e03978e-40d5 <nil>
}

func ExampleSetIdempotencyKey() {
	req := httptest.NewRequest("POST", "/orders", nil)
	err := wire.SetIdempotencyKey(req, "8e03978e-40d5")
	fmt.Println(req.Header.Get("Idempotency-Key"), err)
	// Output: "8e03978e-40d5" <nil>
}
