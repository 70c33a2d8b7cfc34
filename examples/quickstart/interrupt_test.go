package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/examples/internal/console"
)

// A tripwire is an output that interrupts the program once a text is printed.
type tripwire struct {
	bytes.Buffer
	text      string // "" never trips
	interrupt func()
}

func (w *tripwire) Write(b []byte) (int, error) {
	n, err := w.Buffer.Write(b)
	if w.text != "" && strings.Contains(w.String(), w.text) {
		w.interrupt()
	}
	return n, err
}

// Whenever the program is interrupted, it says so, its servers are gone, and so
// is its directory.
func TestInterruptEndsTheProgram(t *testing.T) {
	for what, c := range map[string]struct{ out, stderr string }{
		"at its first step":         {out: `"servers"`},
		"when the code was scanned": {out: `"verify"`},
		"at the prompt":             {stderr: "Enter for 1: "},
	} {
		t.Run(what, func(t *testing.T) {
			temporary := t.TempDir()
			t.Setenv("TMPDIR", temporary)
			t.Setenv("HOME", t.TempDir())
			t.Setenv("XDG_CACHE_HOME", filepath.Join(t.TempDir(), "cache"))
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			person, keyboard := io.Pipe() // nobody types
			defer keyboard.Close()
			out, stderr := &tripwire{text: c.out, interrupt: interrupt}, &tripwire{text: c.stderr, interrupt: interrupt}
			if status := run(ctx, []string{"-json"}, person, out, stderr); status != 1 || !strings.Contains(stderr.String(), "canceled") {
				t.Errorf("status %d, %q; want 1 and canceled", status, stderr.String())
			}
			checkPortsClosed(t, lines(t, out.String()))
			if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
				t.Errorf("there is %v left, %v", left, err)
			}
		})
	}
}

// checkPortsClosed calls the servers that the first line names.
func checkPortsClosed(t *testing.T, all []console.Line) {
	t.Helper()
	if len(all) == 0 || all[0].Step != "servers" {
		t.Fatalf("the first step is not servers: %+v", all)
	}
	servers := strings.Split(all[0].Detail, ", ")
	if len(servers) != 3 {
		t.Errorf("there are the servers %q, want three", servers)
	}
	for _, address := range servers {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", u.Port())); err == nil {
			conn.Close()
			t.Errorf("%s still listens", address)
		}
	}
}
