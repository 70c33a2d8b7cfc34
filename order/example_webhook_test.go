package order_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/anyscan/anyscan/order"
)

func ExampleEventOf() {
	fmt.Println(order.EventOf(order.StatePaid))
	_, ok := order.EventOf(order.StateOpen)
	fmt.Println(ok)
	// Output:
	// order.paid true
	// false
}

func ExampleEventOfRefund() {
	fmt.Println(order.EventOfRefund(order.RefundSucceeded))
	fmt.Println(order.EventOfRefund(order.RefundFailed))
	// Output:
	// order.refunded true
	// order.refund_failed true
}

// A merchant reads what it was told, after it has verified it.
func ExampleEvent() {
	body := `{"type":"order.paid","timestamp":"2026-11-23T09:00:00Z","data":{"order":{"id":"06h0ffd9","merchant":"tea",` +
		`"total":{"amount":1250,"currency":"CNY"}},"state":"paid","version":2,"changed":"2026-11-23T09:00:00Z"}}`
	var event order.Event
	err := json.Unmarshal([]byte(body), &event)
	fmt.Println(event.Type, event.Data.Order.ID, event.Data.Order.Total, err)
	// Output: order.paid 06h0ffd9 12.50 CNY <nil>
}

func ExampleEndpointRequest_Validate() {
	err := order.EndpointRequest{Merchant: "tea house", Events: []order.EventType{"order.paid", "order.placed"}}.Validate()
	if e, ok := errors.AsType[*order.Error](err); ok {
		for _, p := range e.Problems {
			fmt.Println(p)
		}
	}
	// Output:
	// /address is missing
	// /merchant "tea house" is not an identifier: want 1 to 128 of A-Z a-z 0-9 . _ -
	// /events/1 is "order.placed": want one of [order.paid order.canceled order.expired order.refunded order.refund_failed]
	// /key is missing
}

// A secret does not print; who needs it says so.
func ExampleEndpointSecret() {
	secret := order.EndpointSecret("whsec_c2VjcmV0")
	fmt.Println(secret)
	fmt.Println(string(secret))
	// Output:
	// [secret]
	// whsec_c2VjcmV0
}
