package audit_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/audit"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// confirmed is the store of an acquirer at which somebody confirmed an order.
func confirmed(ctx context.Context) (s *store.Store, closeAndRemove func()) {
	dir, err := os.MkdirTemp("", "audit")
	if err != nil {
		log.Fatal(err)
	}
	s, err = sqlite.Open(ctx, filepath.Join(dir, "acquirer.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	price := order.Money{Amount: 2500, Currency: "CNY"}
	server, err := acquirer.New(ctx, s, &peer{}, acquirer.Merchants{{ID: "cafe", Name: "Café", Currency: "CNY", Direct: &acquirer.Direct{Amount: price}}},
		"https://acquirer.example", nil)
	if err != nil {
		log.Fatal(err)
	}
	page, err := server.Page(ctx, server.CodeAddress("cafe"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = server.Confirm(ctx, server.CodeAddress("cafe"), order.Confirmation{Merchant: "cafe", Revision: page.Revision, Total: page.Total, Key: "k1"})
	if err != nil {
		log.Fatal(err)
	}
	return s, func() {
		s.Close()
		os.RemoveAll(dir)
	}
}

// signedRoot lets a notary run until there is a root, a day after the order.
func signedRoot(ctx context.Context, s *store.Store, key crypto.Signer) string {
	tomorrow := func() time.Time { return time.Now().Add(24 * time.Hour) }
	notary, err := audit.NewNotary(ctx, s, acquirer.AuditLog(), key, &audit.Options{Now: tomorrow})
	if err != nil {
		log.Fatal(err)
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error)
	go func() { ended <- notary.Run(running) }()
	for {
		statements, err := audit.Roots(ctx, s, acquirer.AuditLog(), 0)
		if err != nil {
			log.Fatal(err)
		}
		if len(statements) > 0 {
			stop()
			if err := <-ended; err != nil {
				log.Fatal(err)
			}
			return statements[0]
		}
	}
}

// An entry that somebody changes who has the database is found, with its place.
func ExampleVerify() {
	ctx := context.Background()
	s, done := confirmed(ctx)
	defer done()
	verify := func() {
		r, err := audit.Verify(ctx, s, acquirer.AuditLog(), audit.Trust{})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%d order, %d entries, %d findings\n", r.Orders, r.Entries, len(r.Findings))
		for _, f := range r.Findings {
			fmt.Println(f.Problem, "entry", f.Entry)
		}
	}
	verify()
	err := s.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE acquirer_audit SET why = 'asked' WHERE seq = 2`)
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	verify()
	// Output:
	// 1 order, 2 entries, 0 findings
	// 1 order, 2 entries, 1 findings
	// changed entry 2
}

// A notary signs what the orders' histories come to, once a day. What it signed is
// kept elsewhere, and holds the log to it ever after.
func ExampleNewNotary() {
	ctx := context.Background()
	s, done := confirmed(ctx)
	defer done()
	key := ed25519.NewKeyFromSeed([]byte("the seed of the example's key is")) // in production, random or in a key store

	notary, err := audit.NewNotary(ctx, s, acquirer.AuditLog(), key, nil)
	if err != nil {
		log.Fatal(err)
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error)
	go func() { ended <- notary.Run(running) }()

	var kept []string
	for len(kept) == 0 {
		if kept, err = audit.Roots(ctx, s, acquirer.AuditLog(), 0); err != nil {
			log.Fatal(err)
		}
	}
	stop()
	fmt.Println("stopped:", <-ended)

	r, err := audit.Verify(ctx, s, acquirer.AuditLog(), audit.Trust{Keys: []crypto.PublicKey{key.Public()}, Statements: kept})
	fmt.Println(r.Roots, "root,", len(r.Findings), "findings,", err)
	// Output:
	// stopped: <nil>
	// 1 root, 0 findings, <nil>
}

// Whoever was given a root reads it with the institution's public key.
func ExampleParseRoot() {
	ctx := context.Background()
	s, done := confirmed(ctx)
	defer done()
	key := ed25519.NewKeyFromSeed([]byte("the seed of the example's key is"))
	statement := signedRoot(ctx, s, key)

	root, err := audit.ParseRoot(statement, key.Public())
	fmt.Println(root.Log, root.Number, root.Orders, err)
	_, err = audit.ParseRoot(statement+"AA", key.Public())
	fmt.Println(err)
	_, err = audit.ParseRoot(statement) // trusting nobody
	wrong, ok := errors.AsType[*audit.StatementError](err)
	fmt.Println(ok, wrong.Part)
	// Output:
	// acquirer 1 1 <nil>
	// audit: the statement's signature is not 64 bytes in base64url
	// true key
}

// Statements are taken from the log and kept where nobody reaches who can write to
// the database.
func ExampleRoots() {
	ctx := context.Background()
	s, done := confirmed(ctx)
	defer done()
	signedRoot(ctx, s, ed25519.NewKeyFromSeed([]byte("the seed of the example's key is")))

	statements, err := audit.Roots(ctx, s, acquirer.AuditLog(), 0)
	fmt.Println(len(statements), err)
	statements, err = audit.Roots(ctx, s, acquirer.AuditLog(), 1) // what came after the one that is kept
	fmt.Println(len(statements), err)
	// Output:
	// 1 <nil>
	// 0 <nil>
}

// A program that is not written in Go hashes an entry like this, by hand.
func ExampleLog_Entry() {
	l := audit.Log{Name: "acquirer"}
	fmt.Println(l.Entry(audit.First(0), "06b3v7k2m1q8r5t9u0a4c6e2fo", 1, "1795424400000000", "terminal", "order", "", "placing", "0", "confirmed"))
	// printf '%s' '31:anyscan acquirer audit entry v1,1:0,26:06b3v7k2m1q8r5t9u0a4c6e2fo,1:1,16:1795424400000000,8:terminal,5:order,0:,7:placing,1:0,9:confirmed,' | sha256sum
	// Output:
	// 35e08c7e48bebe1f6065e9b37e918a523a7df3ca9b31e9fba5f2155704ac82d3
}

// Before the first entry of a chain stands how many entries have none.
func ExampleFirst() {
	fmt.Println(audit.First(0), audit.First(12))
	// Output:
	// 0 12
}

func ExampleFinding_String() {
	fmt.Println(audit.Finding{Problem: audit.Removed, Order: "06b3v7k2m1q8r5t9u0a4c6e2fo", Entry: 2, Detail: "is gone: entry 3 follows entry 1"})
	// Output:
	// order "06b3v7k2m1q8r5t9u0a4c6e2fo", entry 2, removed: is gone: entry 3 follows entry 1
}
