package acquirer_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/audit"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// Whoever has an acquirer's database and this checks the histories of its orders,
// and needs none of its keys.
func ExampleAuditLog() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "acquirer")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	st, err := sqlite.Open(ctx, filepath.Join(dir, "acquirer.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer st.Close()
	if _, err := acquirer.New(ctx, st, &peer{}, merchants(), "https://acquirer.example", nil); err != nil {
		log.Fatal(err)
	}

	r, err := audit.Verify(ctx, st, acquirer.AuditLog(), audit.Trust{})
	fmt.Println(r.Orders, "orders,", len(r.Findings), "findings,", err)
	// Output:
	// 0 orders, 0 findings, <nil>
}
