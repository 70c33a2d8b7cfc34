package verify_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/anyscan/anyscan/verify"
)

func ExampleParse() {
	a, err := verify.Parse("HTTPS://Pay.Example:443?m=1", nil)
	fmt.Println(a, err)
	fmt.Println(a.Host(), a.Port(), a.Path(), a.Query())

	_, err = verify.Parse("https://pay.example@evil.example/", nil)
	fmt.Println(err)
	// Output:
	// https://pay.example/?m=1 <nil>
	// pay.example 443 / m=1
	// verify: address: byte 19: user name, password or @ before the host is not accepted; write https://host/path
}

// A whole system on one machine.
func ExampleOptions() {
	_, err := verify.Parse("http://acquirer.localhost:8080/shop", nil)
	fmt.Println(err)

	a, err := verify.Parse("http://acquirer.localhost:8080/shop", &verify.Options{Development: true})
	fmt.Println(a, err)
	// Output:
	// verify: address: byte 0: plain http is not accepted; write https:// (http is for *.localhost in development)
	// http://acquirer.localhost:8080/shop <nil>
}

func ExampleNewDomains() {
	database, err := verify.NewDomains([]string{"pay.example", "=shop.example", "*.stores.example"})
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, err := verify.Any([]verify.Method{database}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, raw := range []string{"https://www.pay.example/A", "https://www.shop.example/A", "https://7.stores.example/A"} {
		verdict, err := policy.Verify(context.Background(), raw)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(verdict.Address, "by rule", verdict.Matches[0].Rule)
	}

	_, err = verify.NewDomains([]string{"pay.example", "co.uk"})
	fmt.Println(err)
	// Output:
	// https://www.pay.example/A by rule pay.example
	// verify: "https://www.shop.example/A" is refused: domain: the host is in no rule of the legal-domain database (no_rule)
	// https://7.stores.example/A by rule *.stores.example
	// verify: rule 1 "co.uk": is a public suffix that many owners share; name a host or domain below it
}

func ExampleNewAgreedString() {
	agreed, err := verify.NewAgreedString([]string{"payicbc"}, &verify.AgreedStringOptions{In: verify.InPath})
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, err := verify.Any([]verify.Method{agreed}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	verdict, err := policy.Verify(context.Background(), "https://www.shop.example/UWd1pgwpayicbcfYrjnzni")
	fmt.Println(verdict.Address, err)
	_, err = policy.Verify(context.Background(), "https://www.shop.example/UWd1pgw-pA7EnHcfYrjnzni")
	fmt.Println(err)
	// Output:
	// https://www.shop.example/UWd1pgwpayicbcfYrjnzni <nil>
	// verify: "https://www.shop.example/UWd1pgw-pA7EnHcfYrjnzni" is refused: string: none of the agreed character strings is in the address (no_string)
}

// The clearing institution signs the address of a code; a terminal that knows
// its public key opens that address and no other.
func ExampleSign() {
	institution := ed25519.NewKeyFromSeed([]byte("an example's seed is no secret.."))
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

	a, err := verify.Parse("https://pay.example/shop?counter=7", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	signed, err := verify.Sign(institution, a, verify.Claims{Expires: today.AddDate(1, 0, 0), Merchant: "m-42"})
	if err != nil {
		fmt.Println(err)
		return
	}

	signature, err := verify.NewSignature([]verify.Key{{Public: institution.Public()}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, err := verify.Any([]verify.Method{signature}, &verify.Options{Now: func() time.Time { return today }})
	if err != nil {
		fmt.Println(err)
		return
	}
	verdict, err := policy.Verify(context.Background(), signed.String())
	fmt.Println(verdict.Expires(), verdict.Merchant() == verify.MerchantOf("m-42"), err)

	_, err = policy.Verify(context.Background(), strings.Replace(signed.String(), "counter=7", "counter=8", 1))
	if rejected, ok := errors.AsType[*verify.RejectedError](err); ok {
		fmt.Println(rejected.Reasons[0].Code)
	}
	// Output:
	// 2027-11-23 00:00:00 +0000 UTC true <nil>
	// signature
}

// A shop's own device accepts the codes of its shop alone.
func ExampleNewSignature() {
	institution := ed25519.NewKeyFromSeed([]byte("an example's seed is no secret.."))
	keys := []verify.Key{{Public: institution.Public(), NotAfter: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}}
	signature, err := verify.NewSignature(keys, &verify.SignatureOptions{Merchant: "m-42"})
	fmt.Println(signature.Name(), err)

	_, err = verify.NewSignature([]verify.Key{{Public: "hello"}}, nil)
	fmt.Println(err)
	// Output:
	// signature <nil>
	// verify: key 0: is no public key: an Ed25519 key of 32 bytes, an EC key on P-256 or an RSA key
}

func ExampleKey_ID() {
	institution := ed25519.NewKeyFromSeed([]byte("an example's seed is no secret.."))
	fmt.Println(verify.Key{Public: institution.Public()}.ID())
	// Output: ZnBTKzTjw0x6DZX0xheW4oK4O_qTdgTUCXKa3SAKXBo
}

func ExampleMerchantOf() {
	fmt.Printf("%x %x\n", verify.MerchantOf("m-42"), verify.MerchantOf(""))
	// Output: 23b5a0d624a788ff 0000000000000000
}

// A terminal that opens signed codes, and those of a few known hosts without
// a signature.
func ExampleAny() {
	institution := ed25519.NewKeyFromSeed([]byte("an example's seed is no secret.."))
	signature, err := verify.NewSignature([]verify.Key{{Public: institution.Public()}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	database, err := verify.NewDomains([]string{"=pay.example"})
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, err := verify.Any([]verify.Method{signature, database}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	verdict, err := policy.Verify(context.Background(), "https://pay.example/shop")
	fmt.Println(verdict.Matches[0].Method, verdict.Matches[0].Rule, err)
	_, err = policy.Verify(context.Background(), "https://evil.example/")
	if rejected, ok := errors.AsType[*verify.RejectedError](err); ok {
		for _, reason := range rejected.Reasons {
			fmt.Println(reason.Method, reason.Code)
		}
	}
	// Output:
	// domain =pay.example <nil>
	// signature no_token
	// domain no_rule
}

// reported is a method of your own: what was reported is not opened.
type reported map[string]bool

func (r reported) Name() string { return "reported" }

func (r reported) Check(_ context.Context, a verify.Address, _ time.Time) (verify.Match, error) {
	if r[a.Host()] {
		return verify.Match{}, &verify.Reason{Code: "reported", Detail: "the host was reported"}
	}
	return verify.Match{}, nil
}

func ExampleMethod() {
	database, err := verify.NewDomains([]string{"stores.example"})
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, err := verify.All([]verify.Method{database, reported{"7.stores.example": true}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = policy.Verify(context.Background(), "https://7.stores.example/")
	fmt.Println(err)
	// Output: verify: "https://7.stores.example/" is refused: reported: the host was reported (reported)
}

func ExampleAll() {
	database, err := verify.NewDomains([]string{"pay.example"})
	if err != nil {
		fmt.Println(err)
		return
	}
	agreed, err := verify.NewAgreedString([]string{"payicbc"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, err := verify.All([]verify.Method{database, agreed}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	verdict, err := policy.Verify(context.Background(), "https://pay.example/payicbc")
	fmt.Println(verdict.Matches[0].Method, verdict.Matches[1].Method, err)
	_, err = policy.Verify(context.Background(), "https://evil.example/payicbc")
	fmt.Println(err)
	// Output:
	// domain string <nil>
	// verify: "https://evil.example/payicbc" is refused: domain: the host is in no rule of the legal-domain database (no_rule)
}

func ExampleHosts() {
	gateway, err := verify.Hosts([]string{"gateway.example"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	verdict, err := gateway.Verify(context.Background(), "https://gateway.example/s/1")
	fmt.Println(verdict.Address, err)
	_, err = gateway.Verify(context.Background(), "https://gateway.example.evil.example/s/1")
	fmt.Println(err != nil)
	// Output:
	// https://gateway.example/s/1 <nil>
	// true
}

// A verifier of your own refuses with Reject.
func ExampleReject() {
	err := verify.Reject("https://pay.example/\n", verify.Reason{Method: "list", Code: "blocked", Detail: "the address was reported"})
	fmt.Println(err)
	// Output: verify: "https://pay.example/\n" is refused: list: the address was reported (blocked)
}
