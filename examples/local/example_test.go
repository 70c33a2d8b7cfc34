package local_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order/wire"
)

// A whole system in the process issues a code for a merchant's counter.
func ExampleInProcess() {
	ctx := context.Background()
	system, stop, err := local.InProcess(ctx, gateway.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	address, err := system.Code(ctx, "cafe")
	page, _, signed := strings.Cut(address, "?")
	fmt.Println(page, signed, err)
	fmt.Println(stop())
	// Output:
	// http://acquirer.localhost/m/cafe true <nil>
	// <nil>
}

// Programs that share a directory share its keys.
func ExampleLoadKeys() {
	dir, err := os.MkdirTemp("", "keys-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	first, err := local.LoadKeys(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	second, err := local.LoadKeys(dir)
	fmt.Println(first.Codes.Equal(second.Codes), err)
	// Output: true <nil>
}

// Keys that are kept nowhere; they never print.
func ExampleNewKeys() {
	one, other := local.NewKeys(), local.NewKeys()
	fmt.Println(one, one.Codes.Equal(other.Codes))
	// Output: [keys] false
}

func ExampleAddress() {
	listener, err := wire.NewNetwork().Listen("acquirer.localhost:8080")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer listener.Close()
	fmt.Println(local.Address("acquirer", listener))
	// Output: http://acquirer.localhost:8080
}

func ExampleMerchants() {
	for _, m := range local.Merchants() {
		fmt.Printf("%s: %s, %d goods\n", m.ID, m.Name, len(m.Goods))
	}
	// Output:
	// cafe: Corner Café, 0 goods
	// busker: Busker on the Bridge, 0 goods
	// teahouse: Jade Teahouse, 3 goods
}

func ExampleAccounts() {
	for _, a := range local.Accounts() {
		fmt.Println(a.Name, a.Title)
	}
	// Output:
	// blue Blue Wallet
	// green Green Pay
	// amber Amber Bank
}

func ExampleComponents() {
	fmt.Println(local.Components())
	// Output: [blue green amber]
}
