package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order/store/sqlite"
)

// TestMain makes the test binary a program that a test can start and kill.
func TestMain(m *testing.M) {
	role, path, _ := strings.Cut(os.Getenv("STORE_TEST_CHILD"), " ")
	switch role {
	case "start":
		childStart(path)
	case "write":
		childWrite(path)
	default:
		os.Exit(m.Run())
	}
}

// child returns a command that runs this binary in a role.
func child(t *testing.T, role, path string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), "STORE_TEST_CHILD="+role+" "+path)
	return cmd
}

// childWrite inserts pairs of rows from several goroutines for as long as it
// lives, and prints each pair that was acknowledged.
func childWrite(path string) {
	s, err := sqlite.Open(context.Background(), path, nil)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d.%d.%d", os.Getpid(), g, i)
				err := s.Do(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
					if err := insert(id+".a")(ctx, tx); err != nil {
						return err
					}
					return insert(id+".b")(ctx, tx)
				})
				if err != nil {
					id = "error " + err.Error()
				}
				os.Stdout.WriteString(id + "\n") // one write, never torn
			}
		}()
	}
	select {}
}

// writeAndKill runs a writer, kills it after it acknowledged about n pairs,
// and returns all that it acknowledged.
func writeAndKill(t *testing.T, path string, n int, delay time.Duration) (acked []string) {
	t.Helper()
	cmd := child(t, "write", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "error") {
			t.Fatal(lines.Text())
		}
		if acked = append(acked, lines.Text()); len(acked) == n {
			time.AfterFunc(delay, func() { cmd.Process.Kill() })
		}
	}
	if err := cmd.Wait(); err == nil || len(acked) < n {
		t.Fatalf("the writer ended by itself after %d pairs: %v", len(acked), err)
	}
	return acked
}

func TestKilledProcessLosesNothingAcknowledged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	open(t, path).Close()
	var acked []string
	for range kills {
		delay := time.Duration(rand.IntN(2000)) * time.Microsecond
		acked = append(acked, writeAndKill(t, path, 1+rand.IntN(40), delay)...)
	}
	s := open(t, path)
	stored := ids(t, s)
	for _, id := range acked {
		if _, ok := slices.BinarySearch(stored, id+".a"); !ok {
			t.Fatalf("%s was acknowledged and is gone", id)
		}
	}
	for i := 0; i < len(stored); i += 2 {
		a, b := stored[i], stored[min(i+1, len(stored)-1)]
		if a[:len(a)-1] != b[:len(b)-1] || a == b {
			t.Fatalf("%s was stored without the other half of its transaction", a)
		}
	}
	if err := integrity(t, path); err != "ok" {
		t.Errorf("integrity_check: %s", err)
	}
	t.Logf("%d kills, %d transactions acknowledged, %d stored", kills, len(acked), len(stored)/2)
}

func integrity(t *testing.T, path string) (result string) {
	t.Helper()
	s := open(t, path)
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&result)
	})
	if err != nil {
		t.Fatal(err)
	}
	return result
}
