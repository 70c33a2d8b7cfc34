package clearing_test

import (
	"bytes"
	"fmt"
	"time"

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

// What an acquirer is told is signed with the secret that it shares with the
// clearing institution: the old one to its end, then the new one.
func ExampleDirectory_KeysOf() {
	now := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	newYear := now.AddDate(0, 0, 1)
	before, after := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	directory, err := clearing.NewDirectory([]clearing.Acquirer{{Name: "north", Keys: []clearing.Key{
		{Public: clearing.NewSharedSecret(before), NotAfter: newYear},
		{Public: clearing.NewSharedSecret(after), NotBefore: newYear.Add(-time.Hour)},
	}}, {Name: "south"}}, &clearing.DirectoryOptions{Now: func() time.Time { return now }})
	if err != nil {
		fmt.Println(err)
		return
	}
	keys := directory.KeysOf("north")
	for range 2 {
		secret, shared := keys.Secret()
		fmt.Println(secret, shared, "the new one:", secret.Equal(clearing.NewSharedSecret(after)))
		now = now.AddDate(0, 0, 1)
	}
	_, shared := directory.KeysOf("south").Secret()
	fmt.Println("south:", shared)
	// Output:
	// [secret] true the new one: false
	// [secret] true the new one: true
	// south: false
}
