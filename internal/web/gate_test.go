package web

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/internal/limit"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// gated serves h behind a gate whose lanes are named by the header Caller.
func gated(t *testing.T, max int, l wire.Limit, log *slog.Logger, h http.HandlerFunc) http.Handler {
	t.Helper()
	site, err := NewSite("https://site.example", Look{Files: fstest.MapFS{"a.html": {Data: []byte("a")}}}, log)
	if err != nil {
		t.Fatal(err)
	}
	mux, table := http.NewServeMux(), limit.NewTable(100, 0)
	mux.HandleFunc("/", h)
	return site.Protect(mux, NewGate(max, func(r *http.Request) Lane {
		return Lane{Table: table, Caller: r.Header.Get("Caller"), Limit: l, First: r.Header.Get("First") != "", Program: r.URL.Path == "/v1"}
	}))
}

// untouched is a body that nobody may read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func ask(h http.Handler, path string, header http.Header, body io.Reader) *http.Response {
	r := httptest.NewRequest("POST", path, body)
	r.Header = header
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestTooOftenIs429WithTheRealWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		served := 0
		h := gated(t, 10, wire.Limit{PerSecond: 0.1, Burst: 1, Concurrent: 5}, nil, func(http.ResponseWriter, *http.Request) { served++ })
		ask(h, "/", http.Header{"Caller": {"a"}}, nil)
		time.Sleep(3500 * time.Millisecond)
		resp := ask(h, "/", http.Header{"Caller": {"a"}, "Accept": {"application/json"}}, untouched{t})
		err, ok := errors.AsType[*order.Error](wire.ReadError(resp))
		if !ok || err.Code != order.CodeRateLimited || err.RetryAfter != 7*time.Second || served != 1 {
			t.Errorf("status %d: %v, wait %v, served %d", resp.StatusCode, err, err.RetryAfter, served)
		}
		page := ask(h, "/", http.Header{"Caller": {"a"}, "Accept": {"text/html"}}, untouched{t})
		text, _ := io.ReadAll(page.Body)
		if page.StatusCode != 429 || page.Header.Get("Retry-After") != "7" || !strings.Contains(string(text), "Too many requests") ||
			page.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("a person is answered with status %d, %v: %s", page.StatusCode, page.Header, text)
		}
		program := ask(h, "/v1", http.Header{"Caller": {"a"}, "Accept": {"text/html"}}, untouched{t})
		if program.StatusCode != 429 || program.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("a program is answered with status %d, %v", program.StatusCode, program.Header)
		}
		if other := ask(h, "/", http.Header{"Caller": {"b"}}, nil); other.StatusCode != 200 {
			t.Errorf("another caller has status %d", other.StatusCode)
		}
		time.Sleep(7 * time.Second)
		if later := ask(h, "/", http.Header{"Caller": {"a"}}, nil); later.StatusCode != 200 {
			t.Errorf("after the wait the status is %d", later.StatusCode)
		}
	})
}

// Of 8 requests at once the last 2 places are kept for those that end what was
// begun; the others are turned away unread, and there is room again afterwards.
func TestTooMuchIs503(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		h := gated(t, 8, wire.Limit{PerSecond: -1, Concurrent: -1}, nil, func(http.ResponseWriter, *http.Request) { <-release })
		for range 6 {
			go ask(h, "/", http.Header{}, nil)
		}
		synctest.Wait()
		resp := ask(h, "/", http.Header{"Accept": {"application/json"}}, untouched{t})
		if err := wire.ReadError(resp); !errors.Is(err, order.CodeUnavailable) || resp.Header.Get("Retry-After") != "1" {
			t.Errorf("the seventh: %v, %v", err, resp.Header)
		}
		answers := make(chan int, 2)
		for range 2 {
			go func() { answers <- ask(h, "/", http.Header{"First": {"1"}}, nil).StatusCode }()
		}
		synctest.Wait()
		if resp := ask(h, "/", http.Header{"First": {"1"}}, untouched{t}); resp.StatusCode != 503 {
			t.Errorf("the ninth has status %d", resp.StatusCode)
		}
		close(release)
		for range 2 {
			if status := <-answers; status != 200 {
				t.Errorf("who ends what was begun has status %d", status)
			}
		}
		synctest.Wait()
		if resp := ask(h, "/", http.Header{}, nil); resp.StatusCode != 200 {
			t.Errorf("when all have left, the status is %d", resp.StatusCode)
		}
	})
}

// Who ends what was begun takes no room of those who begin something, as long as
// there is room at all: of 8 places, 5 are with the ones, and 3 are free for the
// others.
func TestWhoEndsLeavesRoomForWhoBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		h := gated(t, 8, wire.Limit{PerSecond: -1, Concurrent: -1}, nil, func(http.ResponseWriter, *http.Request) { <-release })
		answers := make(chan int, 9)
		send := func(times int, header http.Header) {
			for range times {
				go func() { answers <- ask(h, "/", header, nil).StatusCode }()
			}
			synctest.Wait()
		}
		send(5, http.Header{"First": {"1"}})
		send(3, http.Header{})
		if n := len(answers); n > 0 {
			t.Errorf("%d of 8 were turned away, the first with status %d", n, <-answers)
		}
		send(1, http.Header{})
		if len(answers) == 0 || <-answers != 503 {
			t.Error("the ninth was let in")
		}
		close(release)
	})
}

// Whatever comes and goes, what is counted is what is inside: nobody is turned away
// while there is room, nobody is let in where there is none.
func TestTheGateCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 12).Draw(t, "max")
		g, table := NewGate(most, nil), limit.NewTable(10, 0)
		var inside [2][]func() // by First
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			kind := rapid.IntRange(0, 1).Draw(t, "first")
			if n := len(inside[kind]); n > 0 && rapid.Bool().Draw(t, "leaves") {
				inside[kind][n-1]()
				inside[kind] = inside[kind][:n-1]
				continue
			}
			leave, err := g.enter(Lane{Table: table, Limit: wire.Limit{PerSecond: -1, Concurrent: -1}, First: kind == 1})
			room := len(inside[0])+len(inside[1]) < most && (kind == 1 || len(inside[0]) < most-most/4)
			if (err == nil) != room {
				t.Fatalf("of %d there are %d and %d inside, one more of kind %d: %v", most, len(inside[0]), len(inside[1]), kind, err)
			}
			if err == nil {
				inside[kind] = append(inside[kind], leave)
			}
		}
	})
}

// A lane within another takes a place of both, and gives both back, also when only
// the other had one.
func TestALaneWithinAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table, outer := limit.NewTable(100, 0), limit.NewTable(100, 0)
		g := NewGate(10, nil)
		lane := func(caller string) Lane {
			return Lane{Table: table, Caller: caller, Limit: wire.Limit{PerSecond: -1, Concurrent: 1},
				Within: &Lane{Table: outer, Caller: "o", Limit: wire.Limit{PerSecond: -1, Concurrent: 2}}}
		}
		for range 3 {
			a, err := g.enter(lane("a"))
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if _, err := g.enter(lane("a")); !errors.Is(err, order.CodeRateLimited) {
					t.Errorf("a second of a: %v", err)
				}
			}
			b, err := g.enter(lane("b"))
			if err != nil {
				t.Fatalf("what was turned away holds a place: %v", err)
			}
			if _, err := g.enter(lane("c")); !errors.Is(err, order.CodeRateLimited) {
				t.Errorf("a third within the other: %v", err)
			}
			a()
			b()
			if n := g.inside.Load(); n != 0 {
				t.Errorf("%d are inside when all have left", n)
			}
		}
	})
}

// A place is given back however a request ends.
func TestPanicLeaves(t *testing.T) {
	h := gated(t, 2, wire.Limit{PerSecond: -1, Concurrent: 1}, nil, func(http.ResponseWriter, *http.Request) { panic("x") })
	for range 5 {
		if resp := ask(h, "/", http.Header{"First": {"1"}}, nil); resp.StatusCode != 500 {
			t.Errorf("status %d", resp.StatusCode)
		}
	}
}

func TestAFloodIsOneLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		h := gated(t, 8, wire.Limit{PerSecond: 0.001, Burst: 1, Concurrent: 1}, slog.New(slog.NewTextHandler(&log, nil)), func(http.ResponseWriter, *http.Request) {})
		for range 101 {
			ask(h, "/", http.Header{"Caller": {"192.0.2.1"}}, nil)
		}
		time.Sleep(11 * time.Second)
		ask(h, "/", http.Header{"Caller": {"192.0.2.1"}}, nil)
		if n := strings.Count(log.String(), "\n"); n != 2 || !strings.Contains(log.String(), "count=100") || strings.Contains(log.String(), "192.0.2.1") {
			t.Errorf("%d lines: %s", n, log.String())
		}
	})
}

// Whatever a route does with its body, it gets no more than the limit.
func TestEveryBodyHasALimit(t *testing.T) {
	var n int64
	var err error
	h := gated(t, 8, wire.Limit{PerSecond: -1}, nil, func(_ http.ResponseWriter, r *http.Request) { n, err = io.Copy(io.Discard, r.Body) })
	for size, fits := range map[int]bool{exchange.MaxBody: true, exchange.MaxBody + 1: false} {
		ask(h, "/", http.Header{}, strings.NewReader(strings.Repeat("a", size)))
		if n > exchange.MaxBody || (err == nil) != fits {
			t.Errorf("of %d bytes the route got %d: %v", size, n, err)
		}
	}
}
