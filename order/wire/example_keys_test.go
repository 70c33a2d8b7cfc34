package wire_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// exampleSecret is a secret as no real one may be made: it is not random.
func exampleSecret() wire.Secret { return wire.NewSecret(bytes.Repeat([]byte("s"), 32)) }

// A secret prints nowhere, and has an identifier as every key has.
func ExampleNewSecret() {
	secret := exampleSecret()
	id, err := wire.KeyID(secret)
	fmt.Printf("%v %x\n", secret, secret)
	fmt.Println(id, err)
	// Output:
	// [secret] [secret]
	// zxai4XGYwwBaiPvaJM-r09uFnC1Hy1_jkBDiHXsxR9E <nil>
}

// A pair that prefers a shared secret signs and verifies with the same.
func ExampleNewSecretSigner() {
	signer, err := wire.NewSecretSigner(exampleSecret(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	req, _ := http.NewRequest("GET", "https://gateway.example/orders/1", nil)
	signer.SignRequest(req)

	keys, _ := wire.NewKeys(exampleSecret())
	_, err = wire.VerifyRequest(req, "https://gateway.example", keys, nil)
	fmt.Println(err)
	// Output: <nil>
}

// A gateway tells an acquirer of its orders with the secret that they share at that
// time, and with its own key while there is none.
func ExampleSigner_PreferSecret() {
	own, _ := wire.NewSigner(exampleKey("g"), nil)
	shared := false
	signer := own.PreferSecret(func() (wire.Secret, bool) { return exampleSecret(), shared })

	keys, _ := wire.NewKeys(exampleKey("g").Public(), exampleSecret())
	for range 2 {
		req, _ := http.NewRequest("GET", "https://acquirer.example/", nil)
		signer.SignRequest(req)
		keyID, err := wire.VerifyRequest(req, "https://acquirer.example", keys, nil)
		secret, _ := wire.KeyID(exampleSecret())
		fmt.Println(keyID == secret, err)
		shared = true
	}
	// Output:
	// false <nil>
	// true <nil>
}

// The gateway publishes its keys, the next one with the day it begins.
func ExampleFormatKeySet() {
	jwks, err := wire.FormatKeySet(
		wire.Key{Public: exampleKey("a").Public(), NotAfter: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)},
		wire.Key{Public: exampleKey("b").Public(), NotBefore: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	var pretty bytes.Buffer
	json.Indent(&pretty, jwks, "", "  ")
	fmt.Println(&pretty)
	// Output:
	// {
	//   "keys": [
	//     {
	//       "kty": "OKP",
	//       "crv": "Ed25519",
	//       "x": "rwaj4ykXFOTzVsGcmxXNGVHsbmZiqne-B1R_KJODNB0",
	//       "kid": "BVUs4Do-_4da3XUlteJz7dV_YdOAtK3sQp185l2j-MY",
	//       "use": "sig",
	//       "exp": 1801440000
	//     },
	//     {
	//       "kty": "OKP",
	//       "crv": "Ed25519",
	//       "x": "LfBBJfABWvtHzoU674dyCU_5SYwUyxueEpc8KSfaD6Y",
	//       "kid": "ENyLeaM7BuHWwWmo4njT7GwnpIkT8nYHcsQkNUVKLVI",
	//       "use": "sig",
	//       "nbf": 1798761600
	//     }
	//   ]
	// }
}

// What a peer published, and all that is wrong where it cannot be used.
func ExampleParseKeySet() {
	_, err := wire.ParseKeySet([]byte(`{"keys":[
		{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","use":"enc"},
		{"kty":"EC","crv":"P-384"}]}`))
	fmt.Println(errors.Is(err, wire.ErrKey))
	fmt.Println(err)
	// Output:
	// true
	// wire: not a usable key: jwk: key 0: use is "enc": want "sig", or none
	// jwk: key 1: crv is "P-384": want Ed25519 or P-256
}

// While a peer rotates its key, the old and the new one are both in force; then
// only the new one is.
func ExampleNewKeySet() {
	now := time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC)
	keys, err := wire.NewKeySet([]wire.Key{
		{Public: exampleKey("a").Public(), NotAfter: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)},
		{Public: exampleKey("b").Public(), NotBefore: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
	}, &wire.Options{Now: func() time.Time { return now }})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		for _, seed := range []string{"a", "b"} {
			id, _ := wire.KeyID(exampleKey(seed).Public())
			_, err := keys.Key(context.Background(), id)
			fmt.Println(now.Format("January"), seed, errors.Is(err, order.CodeNotFound))
		}
		now = now.AddDate(0, 1, 0)
	}
	// Output:
	// January a false
	// January b false
	// February a true
	// February b false
}
