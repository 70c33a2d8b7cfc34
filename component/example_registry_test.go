package component_test

import (
	"encoding/json"
	"fmt"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// A registry is a value: with more components, or without some, it is another one.
func ExampleRegistry_With() {
	day, err := component.NewRegistry(coin{"coin-one"})
	if err != nil {
		fmt.Println(err)
		return
	}
	night, err := day.With(coin{"coin-two"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(day.Catalog()), len(night.Catalog()))
	// Output: 1 2
}

func ExampleRegistry_Without() {
	all, err := component.NewRegistry(coin{"coin-one"}, coin{"coin-two"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fewer, err := all.Without("coin-one")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(fewer.Catalog()[0].Name)
	_, err = fewer.Without("coin-one")
	fmt.Println(err)
	// Output:
	// coin-two
	// component: registry: there is no "coin-one" to leave out: want one of coin-two
}

// The catalogue says what each component can do. Nothing of an operator's settings
// is in it but their schema.
func ExampleRegistry_Catalog() {
	registry, err := component.NewRegistry(coin{"coin-one"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, entry := range registry.Catalog() {
		fmt.Println(entry.Name, entry.Actions, entry.Abilities, entry.Schema.Required)
	}
	// Output: coin-one [redirect] [] [colour]
}

// What is offered depends on the amount, the scanning app and the acquirer.
func ExampleRegistry_Offers() {
	registry, err := component.NewRegistry(coin{"coin-one"}, coin{"coin-two"})
	if err != nil {
		fmt.Println(err)
		return
	}
	offers := registry.Offers(component.Wanted{Amount: order.Money{Amount: 500, Currency: "CNY"}, App: "camera",
		Allow: func(name string) bool { return name != "coin-one" }})
	fmt.Println(len(offers), offers[0].Name)
	// Output: 1 coin-two
}

func ExampleAbilities() {
	fmt.Println(component.Abilities(coin{"coin-one"}))
	// Output: []
}

// In a file of settings stands the name of a secret, and every problem is told with
// its path.
func ExampleReadSettings() {
	type settings struct {
		Merchant string           `json:"merchant" jsonschema:"number of the merchant"`
		Key      component.Secret `json:"key" jsonschema:"key shared with the provider"`
	}
	schema, err := component.SchemaFor[settings]()
	if err != nil {
		fmt.Println(err)
		return
	}
	vault := func(name string) (component.Secret, error) {
		if name != "wallet-key" {
			return component.Secret{}, fmt.Errorf("the vault has no %q", name)
		}
		return component.NewSecret([]byte("0123456789abcdef")), nil
	}
	read, err := component.ReadSettings[settings]([]byte(`{"merchant": "m-1", "key": "wallet-key"}`), schema, vault)
	fmt.Printf("%+v %v\n", read, err)
	_, err = component.ReadSettings[settings]([]byte(`{"key": "walet-key"}`), schema, vault)
	fmt.Println(err)
	// Output:
	// {Merchant:m-1 Key:[secret]} <nil>
	// component.ReadSettings: invalid_request: the settings are not valid: /merchant is missing; /key names a secret that is not to be had: the vault has no "walet-key"
}

// A secret does not print, whatever the verb.
func ExampleNewSecret() {
	secret := component.NewSecret([]byte("0123456789abcdef"))
	text, _ := json.Marshal(map[string]component.Secret{"key": secret})
	fmt.Printf("%v %+v %#v %x %s\n", secret, secret, secret, secret, text)
	// Output: [secret] [secret] [secret] [secret] {"key":"[secret]"}
}

func ExampleSecret_Reveal() {
	secret := component.NewSecret([]byte("0123456789abcdef"))
	fmt.Println(len(secret.Reveal()))
	// Output: 16
}

// A catalogue as a document, for those who configure components.
func ExampleReference() {
	registry, err := component.NewRegistry(coin{"coin-one"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(component.Reference(registry.Catalog()))
	// Output:
	// ## coin: coin-one
	//
	// | | |
	// | --- | --- |
	// | version of the parameters | 1 |
	// | actions | redirect |
	//
	// Parameters:
	//
	// | name | | form | example |
	// | --- | --- | --- | --- |
	// | colour | colour of the button, as #rrggbb | string, required |  |
}
