package clearing_test

import (
	"bytes"
	"fmt"

	"github.com/anyscan/anyscan/gateway/clearing"
)

// An acquirer may share a key with the clearing institution instead of having
// one of its own; it never prints.
func ExampleNewSharedSecret() {
	key := clearing.Key{Public: clearing.NewSharedSecret(bytes.Repeat([]byte{7}, 32))} // 32 bytes of crypto/rand
	directory, err := clearing.NewDirectory([]clearing.Acquirer{{Name: "north", Keys: []clearing.Key{key}}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	acquirer, known := directory.Acquirer("north")
	fmt.Println(acquirer.Keys[0].Public, known)
	// Output: [secret] true
}
