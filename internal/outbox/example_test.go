package outbox_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

func openExample() (s *store.Store, closeAndRemove func()) {
	dir, err := os.MkdirTemp("", "outbox")
	if err != nil {
		log.Fatal(err)
	}
	s, err = sqlite.Open(context.Background(), filepath.Join(dir, "orders.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := outbox.Migrate(context.Background(), s); err != nil {
		log.Fatal(err)
	}
	return s, func() {
		s.Close()
		os.RemoveAll(dir)
	}
}

// A change and the notification it owes commit together. The receiver is down
// at first.
func ExampleOutbox_Put() {
	s, done := openExample()
	defer done()
	ctx, stop := context.WithCancel(context.Background())

	notify := func(_ context.Context, task outbox.Task) (time.Time, error) {
		fmt.Printf("notify about %s, try %d\n", task.Key, task.Try)
		if task.Try < 3 {
			return time.Time{}, errors.New("503 Service Unavailable")
		}
		stop()
		return time.Time{}, nil
	}
	o := outbox.New(s, map[string]outbox.Handler{"notify": notify}, &outbox.Options{
		Schedule: []time.Duration{time.Millisecond},
	})
	err := s.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		// … the change itself …
		return o.Put(ctx, tx, outbox.Job{Queue: "notify", Key: "order-1"})
	})
	fmt.Println("committed:", err == nil)
	fmt.Println("stopped:", o.Run(ctx))
	// Output:
	// committed: true
	// notify about order-1, try 1
	// notify about order-1, try 2
	// notify about order-1, try 3
	// stopped: <nil>
}

// What a handler writes and the end of its job commit together.
func ExampleOutbox_Done() {
	s, done := openExample()
	defer done()
	ctx, stop := context.WithCancel(context.Background())

	var o *outbox.Outbox
	expire := func(ctx context.Context, task outbox.Task) (time.Time, error) {
		defer stop()
		return time.Time{}, s.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
			fmt.Println("write that", task.Key, "has expired")
			return o.Done(ctx, tx, task)
		})
	}
	o = outbox.New(s, map[string]outbox.Handler{"expire": expire}, nil)
	_ = s.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return o.Put(ctx, tx, outbox.Job{Queue: "expire", Key: "order-1"})
	})
	fmt.Println(o.Run(ctx))
	// Output:
	// write that order-1 has expired
	// <nil>
}

// A job that is no longer needed is dropped by the change that makes it so.
func ExampleOutbox_Drop() {
	s, done := openExample()
	defer done()

	o := outbox.New(s, map[string]outbox.Handler{"expire": nil}, nil)
	err := s.Do(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
		return o.Put(ctx, tx, outbox.Job{Queue: "expire", Key: "order-1", Due: time.Now().Add(time.Hour)})
	})
	fmt.Println(err)
	err = s.Do(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
		return o.Drop(ctx, tx, "expire", "order-1") // it was paid in time
	})
	fmt.Println(err)
	// Output:
	// <nil>
	// <nil>
}
