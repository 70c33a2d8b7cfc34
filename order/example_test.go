package order_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/order"
)

func ExampleParseMoney() {
	m, err := order.ParseMoney("12.30", "CNY")
	fmt.Println(m.Amount, m, err)
	_, err = order.ParseMoney("12.305", "CNY")
	fmt.Println(err)
	// Output:
	// 1230 12.30 CNY <nil>
	// order: bad amount: "12.305" is not an amount of CNY: want digits, at most 2 after the point
}

func ExampleSum() {
	total, err := order.Sum([]order.Line{
		{Item: "oolong", Quantity: 2, Price: order.Money{Amount: 1200, Currency: "CNY"}},
		{Item: "cake", Quantity: 1, Price: order.Money{Amount: 850, Currency: "CNY"}},
	})
	fmt.Println(total, err)
	// Output: 32.50 CNY <nil>
}

func ExampleExponent() {
	decimals, ok := order.Exponent("JPY")
	fmt.Println(decimals, ok)
	// Output: 0 true
}

func ExampleNewID() {
	id := order.NewID(time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC))
	fmt.Println(len(id), id[:8], id.Time().Format(time.RFC3339))
	// Output: 26 06h0ffd9 2026-11-23T09:30:00Z
}

func ExampleParseID() {
	_, err := order.ParseID("42")
	fmt.Println(err)
	// Output: "42" is not an identifier: want a UUIDv7 as 26 characters of lower-case base32hex
}

func ExampleError() {
	err := order.Confirmation{Merchant: "tea house", Revision: "r1"}.Validate()
	fmt.Println(errors.Is(err, order.CodeInvalid))
	if e, ok := errors.AsType[*order.Error](err); ok {
		for _, p := range e.Problems {
			fmt.Println(p)
		}
	}
	// Output:
	// true
	// /merchant "tea house" is not an identifier: want 1 to 128 of A-Z a-z 0-9 . _ -
	// /total order: bad amount: "" is not an ISO 4217 currency in use
	// /key is missing
}

func ExampleErrorf() {
	err := order.Errorf(order.CodeConflict, "clearing.Begin", "order %s is %s", "06en…", order.StatePaid)
	fmt.Println(err)
	fmt.Println(order.CodeOf(err), order.CodeOf(err).Retryable())
	// Output:
	// clearing.Begin: conflict: order 06en… is paid
	// conflict false
}

func ExampleState_CanBecome() {
	fmt.Println(order.StateOpen.CanBecome(order.StatePaid), order.StatePaid.CanBecome(order.StateExpired))
	// Output: true false
}

// All that can become of an order at the acquirer.
func ExampleAcquirerTransitions() {
	for _, t := range order.AcquirerTransitions() {
		fmt.Printf("%-7s → %-8s  %s\n", t.From, t.To, t.By)
	}
	// Output:
	//         → placing   confirm
	// placing → open      place
	// placing → refused   place
	// placing → paid      notify, query
	// placing → canceled  notify, query
	// placing → expired   notify, query, or expire: never placed
	// open    → paid      notify, query
	// open    → canceled  notify, query
	// open    → expired   notify, query
}

// All that can become of an order at the gateway.
func ExampleGatewayTransitions() {
	for _, t := range order.GatewayTransitions() {
		fmt.Printf("%-4s → %-8s  %s\n", t.From, t.To, t.By)
	}
	// Output:
	//      → open      place
	// open → paid      settle
	// open → canceled  cancel
	// open → expired   expire
}

// All that can become of a refund at the gateway.
func ExampleRefundTransitions() {
	for _, t := range order.RefundTransitions() {
		fmt.Printf("%-7s → %-9s  %s\n", t.From, t.To, t.By)
	}
	fmt.Println(order.RefundPending.CanBecome(order.RefundFailed), order.RefundFailed.Final(), order.RefundFailed.CanBecome(order.RefundSucceeded))
	// Output:
	//         → pending    refund, or settle: money in excess
	// pending → succeeded  settle
	// pending → failed     settle
	// true true false
}

// All that can become of a refund at the acquirer that asked for it.
func ExampleAcquirerRefundTransitions() {
	for _, t := range order.AcquirerRefundTransitions() {
		fmt.Printf("%-7s → %-9s  %s\n", t.From, t.To, t.By)
	}
	// Output:
	//         → placing    refund
	//         → pending    notify, query
	//         → succeeded  notify, query
	//         → failed     notify, query
	// placing → refused    refund
	// placing → pending    refund, notify, query
	// placing → succeeded  refund, notify, query
	// placing → failed     refund, notify, query
	// refused → pending    notify, query
	// refused → succeeded  notify, query
	// refused → failed     notify, query
	// pending → succeeded  refund, notify, query
	// pending → failed     refund, notify, query
}

// A refund that failed moved no money, so another may ask for it again.
func ExampleLeft() {
	paid := order.Money{Amount: 2500, Currency: "CNY"}
	fmt.Println(order.Left(paid, []order.Refund{
		{Amount: order.Money{Amount: 500, Currency: "CNY"}, State: order.RefundSucceeded},
		{Amount: order.Money{Amount: 700, Currency: "CNY"}, State: order.RefundFailed},
		{Amount: order.Money{Amount: 1000, Currency: "CNY"}, State: order.RefundPending},
	}))
	fmt.Println(order.RefundPending.Counts(), order.RefundFailed.Counts())
	// Output:
	// 1000
	// true false
}

func ExampleRefundRequest_Validate() {
	fmt.Println(order.RefundRequest{ID: "1", Amount: order.Money{Amount: 0, Currency: "CNY"}}.Validate())
	// Output: invalid_request: the refund is not valid: /id "1" is not an identifier: want a UUIDv7 as 26 characters of lower-case base32hex; /amount order: bad amount: 0 is not between 1 and 9007199254740991 minor units
}

func ExampleValidateChoices() {
	fmt.Println(order.ValidateChoices([]order.Choice{{Item: "oolong", Quantity: 0}}))
	// Output: invalid_request: the choice is not valid: /choices/0/quantity is 0: want 1 to 9999
}

// A catalogue or directory of your own asks before payers are shown a name.
func ExampleCheckText() {
	fmt.Println(order.CheckText("Jade Teahouse", 128))
	fmt.Println(order.CheckText("Jade \u202eesuohaeT", 128))
	// Output:
	// <nil>
	// holds control or direction characters or line breaks, or is not UTF-8
}

func ExampleCheckIdentifier() {
	fmt.Println(order.CheckIdentifier("teahouse"))
	fmt.Println(order.CheckIdentifier(".."))
	// Output:
	// <nil>
	// ".." is not an identifier: in an address it is a step to another one
}

// What is asked for is told whole: a dynamic code carries an amount, a static
// one none.
func ExampleIssueRequest_Validate() {
	r := order.IssueRequest{Kind: order.IssuedStatic, Merchant: "cafe", Address: "https://acquirer.example/m/cafe",
		Amount: order.Money{Amount: 2500, Currency: "CNY"}, Key: "till-1-0042"}
	fmt.Println(r.Validate())
	// Output: invalid_request: the request for a code is not valid: /amount is 25.00 CNY: a static code has none, its page says what is paid; /expires is missing: every code ends
}

func ExampleIssuedCode_Validate() {
	issued := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	c := order.IssuedCode{ID: order.NewID(issued), Kind: order.IssuedStatic, Merchant: "cafe",
		Address: "https://acquirer.example/m/cafe?v=…", Issued: issued, Expires: issued}
	fmt.Println(c.Validate())
	// Output: invalid_request: the code is not valid: /expires is not after issued: a code needs time to be used
}

// A program branches on the code, wherever in the tree of errors it is.
func ExampleCodeOf() {
	err := fmt.Errorf("asking the gateway: %w", order.Errorf(order.CodeUnavailable, "gateway.Query", "restarting"))
	fmt.Println(order.CodeOf(err), order.CodeOf(err).Retryable())
	fmt.Println(order.CodeOf(order.CodeNotFound), order.CodeOf(fmt.Errorf("a bug")))
	// Output:
	// unavailable true
	// not_found internal
}
