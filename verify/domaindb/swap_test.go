package domaindb_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anyscan/anyscan/verify"
	"github.com/anyscan/anyscan/verify/domaindb"
)

const (
	verifiers = 200
	swaps     = 1000
	perSwap   = 20 // questions
)

// 200 verifiers ask while file and keys are replaced 1,000 times: what is legal in
// every edition is never refused, what is in none is never accepted.
func TestSwapsUnderLoad(t *testing.T) {
	database := open(t, filepath.Join(memory(t), "domains"))
	keys := verify.NewLive("signature")
	swap(t, database, keys, 1)
	policy, err := verify.All([]verify.Method{database, keys}, &verify.Options{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	legal := signed(t, 2, "https://a.always.example/7")
	illegal := []string{signed(t, 2, "https://never.example/7"), signed(t, 9, "https://a.always.example/7"), "https://a.always.example/7"}

	// Each question is one verifier's. Some are always waiting, so that none keeps
	// the processors from the swaps.
	questions := make(chan int, verifiers)
	var wrong atomic.Int64
	var group sync.WaitGroup
	for range verifiers {
		group.Go(func() {
			for n := range questions {
				_, yes := policy.Verify(context.Background(), legal)
				_, no := policy.Verify(context.Background(), illegal[n%len(illegal)])
				if yes != nil || no == nil {
					wrong.Add(1)
				}
			}
		})
	}
	swaps := swaps
	if testing.Short() {
		swaps /= 10
	}
	for n := 2; n <= swaps+1; n++ {
		for i := range perSwap {
			questions <- n + i
		}
		swap(t, database, keys, n)
	}
	close(questions)
	group.Wait()
	if wrong.Load() > 0 {
		t.Errorf("%d wrong answers of %d", wrong.Load(), perSwap*swaps)
	}
}

// memory is a directory in memory where there is one: this is about swapping, and
// waiting for a disk 2,000 times would only be long.
func memory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "anyscan-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// swap installs edition n of the file, and keys of which 2 is always one.
func swap(t *testing.T, database *domaindb.Database, keys *verify.Live, n int) {
	t.Helper()
	file := build(t, uint64(n), "always.example", fmt.Sprintf("only-in-%d.example", n), fmt.Sprintf("=host-%d.example", n%7))
	if _, err := database.Install(t.Context(), bytes.NewReader(file)); err != nil {
		t.Error(err)
	}
	m, err := verify.NewSignature([]verify.Key{public(uint64(10 + n%5)), public(2)}, nil)
	if err == nil {
		err = keys.Set(m, noon().Add(time.Hour))
	}
	if err != nil {
		t.Error(err)
	}
}

func signed(t *testing.T, key uint64, raw string) string {
	t.Helper()
	a, err := verify.Parse(raw, nil)
	if err == nil {
		a, err = verify.Sign(testKey(key), a, verify.Claims{Expires: noon().Add(time.Hour)})
	}
	if err != nil {
		t.Fatal(err)
	}
	return a.String()
}
