package scan_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/barcode/print"
	"github.com/anyscan/anyscan/verify"
)

// servers are stand-ins for an acquirer with one merchant and a gateway with
// one wallet; scanhttp.New reaches real ones.
type servers struct {
	order.Storefront // what the examples do not call
	gateway.Cashier
	attempt *gateway.Attempt
	state   order.State
}

// tea is what is ordered.
func tea() order.Order {
	return order.Order{ID: "06h0jhb1v1pm1e2r8na0esm0o8", Merchant: "tea", Total: order.Money{Amount: 500, Currency: "CNY"}}
}

func (s *servers) Page(context.Context, string) (order.Page, error) {
	return order.Page{Kind: order.PageDirect, Merchant: "tea", MerchantName: "Tea House", Revision: "1", Currency: "CNY", Total: tea().Total}, nil
}

func (s *servers) Confirm(context.Context, string, order.Confirmation) (order.PageJump, error) {
	return order.PageJump{Order: tea().ID, Address: "https://gateway.example/pay/1"}, nil
}

func (s *servers) Open(context.Context, string, gateway.Opening) (gateway.Session, error) {
	return gateway.Session{Order: tea(), MerchantName: "Tea House", State: s.state, Attempt: s.attempt,
		Offers:      []component.Offer{{Name: "blue", Kind: "wallet", Title: "Blue Wallet"}},
		Instruction: gateway.Instruction{Mode: gateway.ModeChoose, Wanted: gateway.ModeChoose}}, nil
}

func (s *servers) Begin(_ context.Context, _ string, b gateway.Beginning) (gateway.Attempt, error) {
	s.attempt = &gateway.Attempt{ID: "1", Component: b.Component, State: gateway.AttemptInvoked, ReturnAddress: "https://gateway.example/return/1",
		Action: &component.Action{Redirect: &component.Redirect{Address: "https://wallet.example/pay/1"}}}
	return *s.attempt, nil
}

func (s *servers) Resume(context.Context, string, component.Return) (gateway.Attempt, error) {
	s.attempt.State, s.attempt.Action, s.state = gateway.AttemptSucceeded, nil, order.StatePaid
	return *s.attempt, nil
}

// A person has the terminal in hand and says yes to everything.
type person struct{}

func (person) Page(_ context.Context, p order.Page) (scan.Answer, error) {
	fmt.Println(p.MerchantName, "asks", p.Total)
	return scan.Answer{}, nil
}

func (person) Choose(_ context.Context, s gateway.Session) (string, error) {
	fmt.Println("pay with", s.Offers[0].Title)
	return s.Offers[0].Name, nil
}

func (person) Result(_ context.Context, r scan.Result) error {
	fmt.Println("shown:", r.State)
	return nil
}

// browser stands for the device's own.
type browser struct{}

func (browser) Invoke(_ context.Context, a component.Action) (component.Return, error) {
	fmt.Println("opened:", a.Address())
	return component.Return{}, nil
}

// terminal is one for the tea house's codes.
func terminal(s *servers) (*scan.Payer, error) {
	codes, err := verify.Hosts([]string{"tea.example"}, nil)
	if err != nil {
		return nil, err
	}
	gateways, err := verify.Hosts([]string{"gateway.example"}, nil)
	if err != nil {
		return nil, err
	}
	peers := scan.Peers{Codes: codes, Gateways: gateways, Storefront: s, Cashier: s, Host: person{}}
	return scan.New(peers, &scan.Options{Browser: browser{}})
}

// What a terminal lacks is named before it meets a payer.
func ExampleNew() {
	_, err := scan.New(scan.Peers{Storefront: &servers{}, Cashier: &servers{}, Host: person{}}, nil)
	fmt.Println(err)
	_, err = terminal(&servers{})
	fmt.Println(err)
	// Output:
	// scan: Peers.Codes is missing
	// <nil>
}

// A picture with a code in it becomes a code whose address is legal.
func ExamplePayer_Scan() {
	printed, err := print.QR("https://tea.example/m/tea", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	payer, err := terminal(&servers{})
	if err != nil {
		fmt.Println(err)
		return
	}
	code, err := payer.Scan(context.Background(), printed.Image())
	fmt.Println(code.Format(), code.Address(), err)
	// Output:
	// QR https://tea.example/m/tea <nil>
}

// An address that another scanner read is held to the same policy.
func ExamplePayer_Read() {
	payer, err := terminal(&servers{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, address := range []string{"https://tea.example/m/tea", "https://tea.example.evil.example/m/tea"} {
		code, err := payer.Read(context.Background(), address)
		stop, stopped := errors.AsType[*scan.StepError](err)
		if stopped {
			fmt.Println("stopped at", stop.Step)
			continue
		}
		fmt.Println("legal:", code.Address())
	}
	// Output:
	// legal: https://tea.example/m/tea
	// stopped at verify
}

// From the code to the result.
func ExamplePayer_Pay() {
	ctx := context.Background()
	payer, err := terminal(&servers{state: order.StateOpen})
	if err != nil {
		fmt.Println(err)
		return
	}
	code, err := payer.Read(ctx, "https://tea.example/m/tea")
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := payer.Pay(ctx, code)
	fmt.Println(result.State, result.GatewayAddress, err)
	// Output:
	// Tea House asks 5.00 CNY
	// pay with Blue Wallet
	// opened: https://wallet.example/pay/1
	// shown: paid
	// paid https://gateway.example/pay/1 <nil>
}

// The phone ended the app while the payer was in the wallet's: at the gateway
// address that the app kept, the same attempt is gone on with.
func ExamplePayer_Continue() {
	ctx := context.Background()
	s := &servers{state: order.StateOpen}
	if _, err := s.Begin(ctx, "", gateway.Beginning{Component: "blue"}); err != nil {
		fmt.Println(err)
		return
	}
	payer, err := terminal(s)
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := payer.Continue(ctx, "https://gateway.example/pay/1")
	fmt.Println(result.State, "by attempt", result.Attempt.ID, err)
	// Output:
	// shown: paid
	// paid by attempt 1 <nil>
}
