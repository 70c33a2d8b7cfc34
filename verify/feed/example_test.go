package feed_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/verify"
	"github.com/anyscan/anyscan/verify/feed"
)

// A terminal keeps a file of domains current: Install of a domaindb.Database goes in
// the place of the function.
func ExampleNew() {
	published := &server{body: "the file"}
	domains, err := feed.New("https://clearing.example/domains", feed.TakeFunc(func(_ context.Context, document io.Reader) error {
		raw, err := io.ReadAll(document)
		fmt.Printf("installed %q\n", raw)
		return err
	}), &feed.Options{Client: &http.Client{Transport: published}, MaxBytes: 1 << 30})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 { // Run does this until its context ends
		changed, err := domains.Refresh(context.Background())
		fmt.Println(changed, err)
	}
	// Output:
	// installed "the file"
	// true <nil>
	// false <nil>
}

// Keys and revocations come from two addresses, and make one method.
func ExampleNewInstitution() {
	institution := feed.NewInstitution(24*time.Hour, true, nil)
	policy, err := verify.Any([]verify.Method{institution.Method()}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for address, d := range map[string]feed.Document{
		`https://clearing.example/codes.jwks`:   institution.Keys(),
		`https://clearing.example/revoked.json`: institution.Revocations(),
	} {
		published := &server{body: map[bool]string{true: jwks(1), false: `{}`}[address == "https://clearing.example/codes.jwks"]}
		f, err := feed.New(address, d, &feed.Options{Client: &http.Client{Transport: published}})
		if err == nil {
			_, err = f.Refresh(context.Background()) // Run, in a goroutine of its own
		}
		if err != nil {
			fmt.Println(err)
		}
	}
	_, err = policy.Verify(context.Background(), "https://pay.example/7")
	fmt.Println(err)
	// Output: verify: "https://pay.example/7" is refused: signature: the address carries no signature (query parameter v, or the last path segment) (no_token)
}
