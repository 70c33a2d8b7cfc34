package clearing_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
)

// Everything that is wrong is told at once.
func ExampleNewDirectory() {
	_, err := clearing.NewDirectory([]clearing.Acquirer{{
		Name:          "Acquirer of the North",
		Merchants:     []clearing.Merchant{{ID: "tea"}},
		ReturnOrigins: []string{"https://tea.example/return"},
	}}, nil)
	if e, ok := errors.AsType[*order.Error](err); ok {
		for _, problem := range e.Problems {
			fmt.Println(problem)
		}
	}
	// Output:
	// /0/name is "Acquirer of the North": want 1 to 64 of a-z 0-9 -
	// /0/merchants/0/name is missing; payers are shown it
	// /0/return_origins/0 is "https://tea.example/return": an origin is written "https://tea.example"
}

// A transport that has verified a signature asks who the key belongs to. This
// one is of RFC 8037, appendix A.
func ExampleDirectory_Holder() {
	key := ed25519.PublicKey("\xd7\x5a\x98\x01\x82\xb1\x0a\xb7\xd5\x4b\xfe\xd3\xc9\x64\x07\x3a\x0e\xe1\x72\xf3\xda\xa6\x23\x25\xaf\x02\x1a\x68\xf7\x07\x51\x1a")
	directory, err := clearing.NewDirectory([]clearing.Acquirer{{Name: "north", Keys: []clearing.Key{{Public: key}}}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	const id = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
	fmt.Println(directory.Holder(id))
	found, err := directory.Key(context.Background(), id)
	fmt.Println(key.Equal(found), err)
	// Output:
	// north true
	// true <nil>
}

// A rotation adds a version. Secrets do not print.
func ExampleKeys() {
	keys := clearing.Keys{Tokens: map[int]clearing.Secret{1: {1}}}
	keys.Tokens[2] = clearing.Secret{2} // new addresses are made with it
	fmt.Println(keys)
	delete(keys.Tokens, 1) // addresses that were made with it are dead
	fmt.Println(keys)
	// Output:
	// {Tokens:map[1:[secret] 2:[secret]] Codes:none Files:none Webhooks:map[]}
	// {Tokens:map[2:[secret]] Codes:none Files:none Webhooks:map[]}
}

// A new directory takes the place of the old one at once, or not at all.
func ExampleDirectory_Replace() {
	directory, err := clearing.NewDirectory([]clearing.Acquirer{{Name: "north"}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(directory.Replace([]clearing.Acquirer{{Name: "south"}, {Name: "Paul & Sons"}}))
	_, known := directory.Acquirer("south")
	fmt.Println("south is known:", known)

	fmt.Println(directory.Replace([]clearing.Acquirer{{Name: "south"}, {Name: "paul-and-sons"}}))
	_, known = directory.Acquirer("south")
	fmt.Println("south is known:", known)
	// Output:
	// clearing.Directory.Replace: invalid_request: the directory is not valid: /1/name is "Paul & Sons": want 1 to 64 of a-z 0-9 -
	// south is known: false
	// <nil>
	// south is known: true
}

// Keys are rotated without a gap: both are good while their times overlap.
func ExampleDirectory_Key() {
	now := time.Date(2026, 12, 30, 0, 0, 0, 0, time.UTC)
	newYear := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	before, after := publicKey("before"), publicKey("after")
	directory, err := clearing.NewDirectory([]clearing.Acquirer{{Name: "north", Keys: []clearing.Key{
		{Public: before, NotAfter: newYear},
		{Public: after, NotBefore: newYear.Add(-24 * time.Hour)},
	}}}, &clearing.DirectoryOptions{Now: func() time.Time { return now }})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		_, errBefore := directory.Key(context.Background(), "K84_dpOWBthqhbO0UitgpLiA3ebYuNLyoCSnDk5_z9Y")
		_, errAfter := directory.Key(context.Background(), "POsMkfrjVolVkPGW2tzV-6hGU8Z51W6Hb5SPkn36Hzw")
		fmt.Println(now.Format(time.DateOnly), errBefore == nil, errAfter == nil)
		now = now.AddDate(0, 0, 1)
	}
	// Output:
	// 2026-12-30 true false
	// 2026-12-31 true true
	// 2027-01-01 false true
}

// Where an acquirer identifies itself by a TLS client certificate, the key of
// the certificate says who it is.
func ExampleDirectory_TLSKeys() {
	key := ed25519.PublicKey("\xd7\x5a\x98\x01\x82\xb1\x0a\xb7\xd5\x4b\xfe\xd3\xc9\x64\x07\x3a\x0e\xe1\x72\xf3\xda\xa6\x23\x25\xaf\x02\x1a\x68\xf7\x07\x51\x1a")
	directory, err := clearing.NewDirectory([]clearing.Acquirer{{Name: "north", TLSKeys: []clearing.Key{{Public: key}}}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	const id = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
	fmt.Println(directory.TLSKeys().Holder(id))
	found, err := directory.TLSKeys().Key(context.Background(), id)
	fmt.Println(key.Equal(found), err)
	_, signs := directory.Holder(id)
	fmt.Println("signs messages:", signs)
	// Output:
	// north true
	// true <nil>
	// signs messages: false
}

func ExampleDirectory_Rate() {
	directory, err := clearing.NewDirectory([]clearing.Acquirer{
		{Name: "north", Limits: clearing.Limits{Rate: 50, Burst: 100}}, {Name: "south"}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(directory.Rate("north"))
	fmt.Println(directory.Rate("south"))
	// Output:
	// 50 100 true
	// 0 0 false
}
