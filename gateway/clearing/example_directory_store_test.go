package clearing_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// An operator takes an acquirer in, rotates its key and removes it. All servers
// that share the store follow, and the history says who did it and why.
func ExampleDirectoryStore() {
	ctx, stop := context.WithCancel(context.Background())
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
	directory, err := clearing.NewDirectory(nil, nil) // the store says who is in it
	if err != nil {
		log.Fatal(err)
	}
	kept, err := clearing.NewDirectoryStore(ctx, store, directory, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := kept.Load(ctx); err != nil {
		log.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- kept.Run(ctx) }() // takes over what other servers change

	newYear := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	before, after := publicKey("before"), publicKey("after")
	north := clearing.Acquirer{Name: "north", Keys: []clearing.Key{{Public: before}},
		Merchants: []clearing.Merchant{{ID: "tea", Name: "Tea House", Domains: []string{"tea.example"}}}}
	entry, err := kept.Put(ctx, north, 0, "ada", "contract 17")
	if err != nil {
		log.Fatal(err)
	}
	north.Keys = []clearing.Key{{Public: before, NotAfter: newYear}, {Public: after, NotBefore: newYear.AddDate(0, 0, -7)}}
	entry, err = kept.Put(ctx, north, entry.Version, "grace", "its yearly rotation")
	if err != nil {
		log.Fatal(err)
	}
	known, _ := directory.Acquirer("north")
	fmt.Println(known.Merchants[0].Name, len(known.Keys))

	// Somebody else looked at an older version.
	_, err = kept.Put(ctx, north, 1, "lin", "another merchant")
	fmt.Println(errors.Is(err, order.CodeConflict))

	if err := kept.Remove(ctx, "north", entry.Version, "ada", "contract 17 ended"); err != nil {
		log.Fatal(err)
	}
	_, err = kept.Put(ctx, clearing.Acquirer{Name: "north"}, 0, "ada", "contract 18, with another bank")
	fmt.Println(err)
	history, err := kept.History(ctx, "north")
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range history {
		fmt.Println(e.Version, e.By, "-", e.Why)
	}
	stop()
	fmt.Println(<-ended)
	// Output:
	// Tea House 2
	// true
	// clearing.DirectoryStore.Put: conflict: "north" was removed and its name is reserved: version 3 restores the same acquirer, not 0
	// 3 ada - contract 17 ended
	// 2 grace - its yearly rotation
	// 1 ada - contract 17
	// <nil>
}

// What an acquirer asked for and does not have is recorded for the operator.
func ExampleServer_Denials() {
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
	directory, err := clearing.NewDirectory([]clearing.Acquirer{
		{Name: "north", Merchants: []clearing.Merchant{{ID: "tea", Name: "Tea House"}}}, {Name: "south"}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	components, err := component.NewRegistry(gatewaytest.NewWallet("blue"))
	if err != nil {
		log.Fatal(err)
	}
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	server, err := clearing.New(ctx, store, directory, components, clearing.Keys{Tokens: map[int]clearing.Secret{1: {1}}},
		func(clearing.Acquirer) order.Notifier { return make(acquirerEnd) }, "https://pay.example",
		&clearing.Options{Now: func() time.Time { return noon }})
	if err != nil {
		log.Fatal(err)
	}

	south, err := server.For("south")
	if err != nil {
		log.Fatal(err)
	}
	_, err = south.Place(ctx, order.Order{ID: order.NewID(noon), Merchant: "tea",
		Total: order.Money{Amount: 1250, Currency: "CNY"}, Created: noon, Expires: noon.Add(time.Hour)})
	fmt.Println(order.CodeOf(err))
	_, err = south.Query(ctx, "06h0f8hig1ve77v5cm25gbrvf0")
	fmt.Println(order.CodeOf(err))

	denials, err := server.Denials(ctx, "south", noon.Add(-24*time.Hour))
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range denials {
		fmt.Println(d.At.Format(time.DateTime), d.Acquirer, d.Operation, d.What)
	}
	// Output:
	// refused
	// not_found
	// 2026-11-25 12:00:00 south clearing.Place merchant tea
	// 2026-11-25 12:00:00 south clearing.Query order 06h0f8hig1ve77v5cm25gbrvf0
}
