package web

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/flood"
)

// However many strangers fail the handshake, the log takes a hundred short lines of
// a second, and the next one says how many there were.
func TestStrangersDoNotFloodTheLog(t *testing.T) {
	lender := httptest.NewTLSServer(nil) // of its certificate
	defer lender.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	clock := &clock{now: time.Unix(1_700_000_000, 0)}
	s := Server(http.NotFoundHandler(), nil)
	s.ErrorLog = errorLog(slog.New(slog.NewTextHandler(&log, nil)), clock.read)
	s.TLSConfig = &tls.Config{Certificates: lender.TLS.Certificates}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l, s, time.Minute) }()
	stranger := func() {
		t.Helper()
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, strings.Repeat("x", 5000))
		io.Copy(io.Discard, conn) // until the server has given up, and told
	}
	for range 1000 {
		stranger()
	}
	clock.add(time.Second)
	stranger()
	stranger()
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != flood.MaxLines+2 || log.Len() > 500*len(lines) {
		t.Fatalf("%d lines of %d bytes, want %d short ones", len(lines), log.Len(), flood.MaxLines+2)
	}
	for i, line := range lines {
		if !strings.Contains(line, "level=WARN") || !strings.Contains(line, "TLS handshake error from 127.0.0.1:") {
			t.Errorf("line %d is %q", i, line)
		}
		if told := strings.Contains(line, "left_out=900"); told != (i == flood.MaxLines) || !told && strings.Contains(line, "left_out") {
			t.Errorf("what was left out is to be told once, in line %d: line %d is %q", flood.MaxLines, i, line)
		}
	}
}

// clock stands until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// A server says what went wrong to its own log and to none of the process, and
// without one says nothing.
func TestServerHasItsOwnLog(t *testing.T) {
	var log bytes.Buffer
	Server(http.NotFoundHandler(), slog.New(slog.NewTextHandler(&log, nil))).ErrorLog.Print(strings.Repeat("e", 1<<20))
	if !strings.Contains(log.String(), "error=eee") || log.Len() > 2*maxTrouble {
		t.Errorf("a line of %d bytes", log.Len())
	}
	if own := Server(http.NotFoundHandler(), nil).ErrorLog; own == nil {
		t.Error("without a logger, strangers write to the standard one")
	}
}
