package wire

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/flood"
)

// However many requests are refused, and however long they are, the log takes a
// hundred short lines of a second, and says how many there were.
func TestRefusalsDoNotFloodTheLog(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	var log bytes.Buffer
	h, err := NewHandler(http.NotFoundHandler(), peer, testSigner(t, 0), testKeys(t, 1),
		&Options{Now: func() time.Time { return now }, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	refuse := func(n int) (lines []string) {
		log.Reset()
		for range n {
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, peer+"/"+strings.Repeat("p", 10_000), nil))
		}
		return strings.Split(strings.TrimSpace(log.String()), "\n")
	}
	lines := refuse(1000)
	if len(lines) != flood.MaxLines || log.Len() > flood.MaxLines*2000 {
		t.Errorf("%d lines of %d bytes, want %d short ones", len(lines), log.Len(), flood.MaxLines)
	}
	for _, line := range lines {
		if strings.Contains(line, "left_out") {
			t.Fatalf("nothing was left out before %q", line)
		}
	}
	now = now.Add(time.Second)
	if lines := refuse(2); !strings.Contains(lines[0], "left_out=900") || strings.Contains(lines[1], "left_out") {
		t.Errorf("what was left out is to be told once: %q", lines)
	}
	now = now.Add(-time.Hour) // a clock that is set back silences nobody
	if lines := refuse(150); len(lines) != flood.MaxLines {
		t.Errorf("%d lines after the clock was set back", len(lines))
	}
}

// The reason is cut, too.
func TestRefusalIsShort(t *testing.T) {
	var log bytes.Buffer
	f := refusals{now: time.Now}
	f.tell(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), httptest.NewRequest("GET", "/", nil), errors.New(strings.Repeat("e", 1<<20)))
	if log.Len() > 2*maxRefusedError {
		t.Errorf("a line of %d bytes", log.Len())
	}
}
