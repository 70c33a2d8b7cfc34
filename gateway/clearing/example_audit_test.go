package clearing_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/audit"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// Whoever has a gateway's database and this checks the histories of its orders,
// and needs none of its keys.
func ExampleAuditLog() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "clearing")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	st, err := sqlite.Open(ctx, filepath.Join(dir, "gateway.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer st.Close()
	components, err := component.NewRegistry(gatewaytest.NewWallet("blue"))
	if err != nil {
		log.Fatal(err)
	}
	directory, err := clearing.NewDirectory(nil, nil)
	if err != nil {
		log.Fatal(err)
	}
	keys := clearing.Keys{Tokens: map[int]clearing.Secret{1: {1}}}
	_, err = clearing.New(ctx, st, directory, components, keys, func(clearing.Acquirer) order.Notifier { return nil }, "https://pay.example", nil)
	if err != nil {
		log.Fatal(err)
	}

	r, err := audit.Verify(ctx, st, clearing.AuditLog(), audit.Trust{})
	fmt.Println(r.Orders, "orders,", len(r.Findings), "findings,", err)
	// Output:
	// 0 orders, 0 findings, <nil>
}
