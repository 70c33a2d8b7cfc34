package component_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// coin is a complete component: a wallet that always pays at once.
type coin struct{ name string }

type coinParameters struct {
	Colour string `json:"colour" jsonschema:"colour of the button, as #rrggbb"`
}

func (c coin) Describe() component.Description {
	schema, _ := component.SchemaFor[coinParameters]()
	return component.Description{
		Name: c.name, Kind: "coin", Version: "1", Title: "Coin",
		Actions:    []component.ActionKind{component.ActionRedirect},
		Parameters: coinParameters{Colour: "#2266aa"}, Schema: schema,
	}
}

func (c coin) Begin(_ context.Context, a component.Attempt) (component.Progress, error) {
	return component.Progress{Evidence: &component.Evidence{
		Outcome: component.OutcomeSucceeded, Attempt: a.ID, Reference: "coin-" + a.ID, Amount: a.Amount,
	}}, nil
}

func (c coin) Resume(ctx context.Context, a component.Attempt, _ component.Return) (component.Progress, error) {
	return c.Begin(ctx, a)
}

func ExampleNewRegistry() {
	registry, err := component.NewRegistry(coin{"coin-one"}, coin{"coin-two"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, offer := range registry.Offers(component.Wanted{Amount: order.Money{Amount: 500, Currency: "CNY"}}) {
		fmt.Println(offer.Name, offer.Kind, string(offer.Parameters))
	}
	_, err = component.NewRegistry(coin{"coin-one"}, coin{"coin-one"})
	fmt.Println(err)
	// Output:
	// coin-one coin {"colour":"#2266aa"}
	// coin-two coin {"colour":"#2266aa"}
	// component: registry: component 1 "coin-one": the name is taken by the coin component component_test.coin
}

func ExampleSchemaFor() {
	schema, err := component.SchemaFor[coinParameters]()
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := json.Marshal(schema)
	fmt.Println(string(text))
	// Output: {"type":"object","properties":{"colour":{"type":"string","description":"colour of the button, as #rrggbb"}},"required":["colour"],"additionalProperties":false}
}

func ExampleAs() {
	_, ok := component.As[component.Querier](coin{"coin-one"})
	fmt.Println("can be asked:", ok)
	// Output: can be asked: false
}

func ExampleEvidence_Check() {
	attempt := component.Attempt{ID: "a1", Amount: order.Money{Amount: 500, Currency: "CNY"}}
	evidence := component.Evidence{Outcome: component.OutcomeSucceeded, Attempt: "a1", Reference: "p1",
		Amount: order.Money{Amount: 5, Currency: "CNY"}}
	fmt.Println(evidence.Check(attempt))
	// Output: component.Evidence.Check: refused: the evidence is for 0.05 CNY, the attempt for 5.00 CNY
}

func ExampleAction_Kind() {
	action := component.Action{Redirect: &component.Redirect{Address: "https://wallet.example/pay"}}
	fmt.Println(action.Kind(), action.Address(), action.Validate())
	// Output: redirect https://wallet.example/pay <nil>
}

// A component that cannot be queried is asked as if the terminal had come back.
func ExampleAsk() {
	attempt := component.Attempt{ID: "a1", Amount: order.Money{Amount: 500, Currency: "CNY"}}
	evidence, err := component.Ask(context.Background(), coin{"coin-one"}, attempt)
	fmt.Println(evidence.Outcome, evidence.Reference, evidence.Check(attempt), err)
	// Output: succeeded coin-a1 <nil> <nil>
}

func ExampleRefundEvidence_Check() {
	refund := component.Refund{ID: "r1", Amount: order.Money{Amount: 200, Currency: "CNY"}}
	evidence := component.RefundEvidence{Outcome: component.OutcomeSucceeded, Refund: "r1", Reference: "p1-1",
		Amount: order.Money{Amount: 500, Currency: "CNY"}}
	fmt.Println(evidence.Check(refund))
	// Output: component.RefundEvidence.Check: refused: the evidence is for 5.00 CNY, the refund for 2.00 CNY
}
