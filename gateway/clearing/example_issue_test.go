package clearing_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// An acquirer has codes signed for its merchants' domains, and for no other.
func ExampleServer_For_issue() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "clearing")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	store, err := sqlite.Open(ctx, filepath.Join(dir, "clearing.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	acquirerKey, _, _ := ed25519.GenerateKey(nil)
	directory, err := clearing.NewDirectory([]clearing.Acquirer{{Name: "north", Keys: []clearing.Key{{Public: acquirerKey}},
		Merchants: []clearing.Merchant{{ID: "tea", Name: "Tea House", Domains: []string{"tea.example"}}}}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	components, err := component.NewRegistry(gatewaytest.NewWallet("blue"))
	if err != nil {
		log.Fatal(err)
	}
	_, codes, _ := ed25519.GenerateKey(nil)
	server, err := clearing.New(ctx, store, directory, components, clearing.Keys{Tokens: map[int]clearing.Secret{1: {7}}, Codes: codes},
		func(clearing.Acquirer) order.Notifier { return make(acquirerEnd) }, "https://pay.example", nil)
	if err != nil {
		log.Fatal(err)
	}

	desk, err := server.For("north")
	if err != nil {
		log.Fatal(err)
	}
	wanted := order.IssueRequest{Kind: order.IssuedStatic, Merchant: "tea", Address: "https://tea.example/m/tea",
		Expires: time.Now().AddDate(1, 0, 0), Key: "counter-1"}
	code, err := desk.Issue(ctx, wanted)
	fmt.Println(strings.HasPrefix(code.Address, "https://tea.example/m/tea?v="), err)
	code, err = desk.Revoke(ctx, code.ID)
	fmt.Println("revoked:", !code.Revoked.IsZero(), err)

	wanted.Address, wanted.Key = "https://evil.example/m/tea", "counter-2"
	_, err = desk.Issue(ctx, wanted)
	if e, ok := errors.AsType[*order.Error](err); ok {
		fmt.Println(e.Code, e.Problems)
	}
	// Output:
	// true <nil>
	// revoked: true <nil>
	// refused [/address has the host "evil.example", which is not among the domains of merchant "tea"]
}
