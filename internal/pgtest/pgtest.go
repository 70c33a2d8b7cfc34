// Package pgtest runs a throw-away PostgreSQL server for tests: a real one, from
// the installed binaries, that a test may kill.
//
//	Start ─▶ Cluster ─▶ Store, or Database: a DSN for order/store/postgres
//	    (you are here)
//
// A test for whose machine PostgreSQL is missing is skipped, and fails with
// ANYSCAN_FULL=1. The server listens on a unix socket alone and flushes as a
// real one does. PostgreSQL refuses to run as root, so under root it runs as
// the user postgres, or nobody.
//
// # Errors
//
// What fails is the test's failure.
//
// # Concurrency
//
// Database may be called from several goroutines at once, Kill and Restart by
// one that owns the cluster.
//
// # Security
//
// Whoever may enter the server's folder, which is its user alone, needs no
// password.
package pgtest

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// owner is the user that the server runs as under root.
type owner struct{ user, group int }

// A Cluster is one server.
type Cluster struct {
	dir       string // data and socket
	bin       string
	owner     *owner // nil for who runs the test
	databases atomic.Int64

	cmd    *exec.Cmd
	dead   chan struct{} // closed when no process of the server is left
	stop   chan struct{} // closed to let the thread go that the server hangs on
	thread sync.WaitGroup
}

// Start makes a server with an empty cluster, which ends with the test.
func Start(t testing.TB) *Cluster {
	t.Helper()
	bin, err := binaries()
	if err != nil {
		missing(t, err.Error())
	}
	c := &Cluster{bin: bin}
	if err := c.settle(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Kill()
		_ = os.RemoveAll(c.dir)
	})
	out, err := c.command("initdb", "-D", c.data(), "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync").CombinedOutput()
	if err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	c.Restart(t)
	return c
}

// missing ends a test that cannot run here.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("ANYSCAN_FULL") == "1" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// binaries is the folder of the newest installed server.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // where Debian keeps them
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return len(a) - len(b) + strings.Compare(a, b) })), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", fmt.Errorf("PostgreSQL is missing: neither /usr/lib/postgresql/*/bin nor PATH has initdb; install the package postgresql")
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", err
	}
	return filepath.Dir(path), nil
}

// settle makes the server's folder and finds out whom it belongs to. The path
// is short, because that of a socket may have 107 bytes.
func (c *Cluster) settle() (err error) {
	if c.dir, err = os.MkdirTemp("", "pg"); err != nil {
		return err
	}
	if os.Getuid() != 0 {
		return nil
	}
	if c.owner, err = unprivileged(); err != nil {
		return err
	}
	return os.Chown(c.dir, c.owner.user, c.owner.group)
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

// command is a program of PostgreSQL, run as the server's user. It is killed
// with the thread that starts it, so that it never outlives the test.
func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = attributes(c.owner)
	return cmd
}

// Restart starts the server, after Kill, and returns once it takes connections.
func (c *Cluster) Restart(t testing.TB) {
	t.Helper()
	c.cmd = c.command("postgres", "-D", c.data(), "-k", c.dir, "-c", "listen_addresses=", "-c", "max_connections=200")
	reading, writing, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.cmd.Stderr = writing
	c.stop, c.dead = make(chan struct{}), make(chan struct{})
	err = c.start()
	writing.Close()
	if err != nil {
		t.Fatal(err)
	}
	ready := make(chan string, 1)
	go c.follow(reading, ready)
	if said := <-ready; said != "" {
		t.Fatalf("PostgreSQL does not start:\n%s", said)
	}
}

// start starts the server on a thread that lives as long as it does.
func (c *Cluster) start() error {
	started := make(chan error)
	c.thread.Go(func() {
		runtime.LockOSThread()
		err := c.cmd.Start()
		started <- err
		if err == nil {
			<-c.stop
		}
	})
	return <-started
}

// follow reads what the server says until its last process is gone, and tells
// once that it is ready, with nothing, or that it ended before, with all it said.
func (c *Cluster) follow(said io.ReadCloser, ready chan<- string) {
	defer close(c.dead)
	defer said.Close()
	var all bytes.Buffer
	lines := bufio.NewScanner(said)
	for waiting := true; lines.Scan(); {
		if !waiting {
			continue
		}
		fmt.Fprintln(&all, lines.Text())
		if bytes.Contains(lines.Bytes(), []byte("ready to accept connections")) {
			waiting = false
			ready <- ""
		}
	}
	select {
	case ready <- all.String():
	default:
	}
}

// Kill ends all processes of the server at once, as a crash does, and returns
// when they are gone. It may be called on a server that is not running.
func (c *Cluster) Kill() {
	if c.cmd == nil || c.cmd.Process == nil {
		return
	}
	_ = killAll(c.cmd.Process)
	_ = c.cmd.Wait()
	<-c.dead
	close(c.stop)
	c.thread.Wait()
	c.cmd = nil
}

// Database returns the DSN of a place without tables: a schema of its own, which
// takes a hundredth of the time that making a database takes. What is about the
// database as a whole, such as advisory locks, the places of a cluster share.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	db, err := sql.Open("pgx", c.dsn("public"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	name := fmt.Sprintf("test%d", c.databases.Add(1))
	if _, err := db.ExecContext(context.Background(), "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	return c.dsn(name)
}

func (c *Cluster) dsn(schema string) string {
	return fmt.Sprintf("host=%s user=test dbname=postgres search_path=%s", c.dir, schema)
}
