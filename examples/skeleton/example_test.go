package skeleton_test

import (
	"fmt"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/examples/skeleton"
)

// Everything that is wrong is told at once.
func ExampleNew() {
	_, err := skeleton.New("piggy", skeleton.Settings{Title: "Piggy", Provider: "piggy", Key: component.NewSecret([]byte("short"))}, nil)
	fmt.Println(err)
	// Output: skeleton.New: invalid_request: the settings of the component "piggy" are not valid: /provider is "piggy": want https and no slash at the end, such as https://api.piggy.example; /merchant is missing; /key is too short: want at least 16 bytes
}

func ExampleSettingsSchema() {
	schema, err := skeleton.SettingsSchema()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range schema.Required {
		fmt.Println(name, schema.Properties[name].WriteOnly)
	}
	// Output:
	// title false
	// provider false
	// merchant false
	// key true
}
