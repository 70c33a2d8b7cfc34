package feed_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/verify"
	"github.com/anyscan/anyscan/verify/feed"
)

const address = "https://clearing.example/keys.jwks"

// server publishes one document, and can be made to fail. It is a transport, so that
// nothing leaves the test.
type server struct {
	mu     sync.Mutex
	body   string
	status int // of failures; 0 answers
	asked  []string
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	etag := fmt.Sprintf(`"%x"`, len(s.body))
	s.asked = append(s.asked, r.URL.String()+" "+r.Header.Get("If-None-Match"))
	switch {
	case s.status == -1:
		return nil, io.ErrUnexpectedEOF
	case s.status != 0:
		return answer(r, s.status, "", http.Header{"Location": {"https://evil.example/"}}), nil
	case r.Header.Get("If-None-Match") == etag:
		return answer(r, http.StatusNotModified, "", nil), nil
	}
	return answer(r, http.StatusOK, s.body, http.Header{"Etag": {etag}}), nil
}

func answer(r *http.Request, status int, body string, h http.Header) *http.Response {
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1, Request: r}
}

func (s *server) publish(body string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body, s.status = body, status
}

func newFeed(t *testing.T, s *server, d feed.Document) *feed.Feed {
	t.Helper()
	f, err := feed.New(address, d, &feed.Options{Client: &http.Client{Transport: s}, MaxBytes: 4096, Every: time.Hour, Retry: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// collect keeps what it takes.
type collect struct {
	taken     []string
	unchanged int
	err       error
}

func (c *collect) Take(_ context.Context, r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if c.err == nil {
		c.taken = append(c.taken, string(raw))
	}
	return c.err
}

func (c *collect) Unchanged() { c.unchanged++ }

func TestRefresh(t *testing.T) {
	s, c := &server{body: "one"}, &collect{}
	f := newFeed(t, s, c)
	refresh := func(want bool, problem string) {
		t.Helper()
		changed, err := f.Refresh(t.Context())
		if changed != want || (err == nil) != (problem == "") || err != nil && !strings.Contains(err.Error(), problem) {
			t.Errorf("changed %t, %v; want %t, %q", changed, err, want, problem)
		}
	}
	refresh(true, "")
	refresh(false, "")
	s.publish("longer", 0)
	c.err = errors.New("not true")
	refresh(false, "not true")
	c.err = nil
	refresh(true, "") // the same document is asked for again
	for _, status := range []int{-1, 302, 404, 500} {
		s.publish("longer", status)
		refresh(false, map[bool]string{true: "unexpected EOF", false: fmt.Sprintf("status %d", status)}[status == -1])
	}
	s.publish(strings.Repeat("a", 4096), 0)
	refresh(true, "")
	s.publish(strings.Repeat("a", 4097), 0)
	refresh(false, "more than 4096 bytes")
	if diff := cmp.Diff([]string{"one", "longer", strings.Repeat("a", 4096)}, c.taken); diff != "" || c.unchanged != 1 {
		t.Errorf("unchanged %d times: %s", c.unchanged, diff)
	}
	for _, asked := range s.asked {
		if !strings.HasPrefix(asked, address+" ") {
			t.Errorf("asked %s: a redirect was followed", asked)
		}
	}
}

// Run asks in good time, sooner after failures, and ends with its context.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := &server{body: "one"}, &collect{}
		f := newFeed(t, s, c)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- f.Run(ctx) }()
		count := func(after time.Duration, least, most int) {
			t.Helper()
			time.Sleep(after)
			synctest.Wait()
			s.mu.Lock()
			defer s.mu.Unlock()
			if n := len(s.asked); n < least || n > most {
				t.Errorf("asked %d times, want %d to %d", n, least, most)
			}
		}
		count(time.Second, 1, 1)
		count(time.Hour, 2, 2)
		s.publish("", 500)
		count(time.Hour, 3, 16)     // 1 s, 2 s, 4 s and so on
		count(24*time.Hour, 26, 45) // and no more than every hour
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// A server that says "unchanged" of what was never taken says nothing: a method
// without the revocations that are wanted would accept too much.
func TestUnchangedBeforeAnythingWasTaken(t *testing.T) {
	for _, limit := range []time.Duration{0, time.Hour} {
		i := feed.NewInstitution(limit, true, nil)
		if _, err := newFeed(t, &server{body: jwks(1)}, i.Keys()).Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantNothing := func(why string) {
			t.Helper()
			code, _ := signed(t, 1)
			a, err := verify.Parse(code, nil)
			if err == nil {
				_, err = i.Method().Check(t.Context(), a, time.Now())
			}
			if err == nil {
				t.Errorf("limit %v, %s: accepted without revocations", limit, why)
			}
		}
		wantNothing("nothing heard")
		changed, err := newFeed(t, &server{status: http.StatusNotModified}, i.Revocations()).Refresh(t.Context())
		if _, ok := errors.AsType[*feed.StatusError](err); !ok || changed {
			t.Errorf("%t, %v", changed, err)
		}
		wantNothing("unchanged")
		i.Revocations().Unchanged()
		wantNothing("Unchanged")
	}
}

// The limit counts from when an answer began: a document that takes an hour to
// arrive was true an hour ago.
func TestSlowDocument(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := feed.NewInstitution(time.Hour, false, nil)
		if err := i.Keys().Take(t.Context(), slow{strings.NewReader(jwks(1))}); err != nil {
			t.Fatal(err)
		}
		code, _ := signed(t, 1)
		a, err := verify.Parse(code, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := i.Method().Check(t.Context(), a, time.Now()); err == nil {
			t.Error("what is an hour old decides")
		}
	})
}

// slow takes an hour for each part of a document.
type slow struct{ io.Reader }

func (s slow) Read(p []byte) (int, error) {
	time.Sleep(time.Hour)
	return s.Reader.Read(p)
}

// The pauses between failures grow up to Every, however long both are and however
// often it fails.
func TestLongPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, every := range []time.Duration{24 * time.Hour, math.MaxInt64} {
			s := &server{status: 500}
			f, err := feed.New(address, &collect{}, &feed.Options{Client: &http.Client{Transport: s}, Every: every, Retry: 3 * time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 200*365*24*time.Hour)
			if every < time.Hour<<10 {
				ctx, cancel = context.WithTimeout(t.Context(), 60*24*time.Hour)
			}
			if err := f.Run(ctx); !errors.Is(err, context.DeadlineExceeded) || len(s.asked) < 18 || len(s.asked) > 80 {
				t.Errorf("%v: asked %d times, %v", every, len(s.asked), err)
			}
			cancel()
		}
	})
}

// An ETag that no server would take back is not kept.
func TestHugeETag(t *testing.T) {
	s := &labelled{etag: strings.Repeat("a", 1<<16)}
	f, err := feed.New(address, &collect{}, &feed.Options{Client: &http.Client{Transport: s}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := f.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// labelled refuses what has too long a header, as servers do.
type labelled struct{ etag string }

func (s *labelled) RoundTrip(r *http.Request) (*http.Response, error) {
	if len(r.Header.Get("If-None-Match")) > 8192 {
		return answer(r, http.StatusRequestHeaderFieldsTooLarge, "", nil), nil
	}
	return answer(r, http.StatusOK, "one", http.Header{"Etag": {s.etag}}), nil
}

func TestNewRefuses(t *testing.T) {
	for _, a := range []string{"", "http://clearing.example/", "https://user@clearing.example/", "http://clearing.localhost/"} {
		if _, err := feed.New(a, &collect{}, nil); err == nil {
			t.Errorf("%q is an address", a)
		}
	}
	if _, err := feed.New(address, nil, nil); err == nil {
		t.Error("a feed for nobody")
	}
	if _, err := feed.New("http://clearing.localhost/", &collect{}, &feed.Options{Development: true}); err != nil {
		t.Error(err)
	}
}

func testKey(n byte) ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, 32)) }

func jwks(keys ...byte) string {
	var all []string
	for _, n := range keys {
		x := base64.RawURLEncoding.EncodeToString(testKey(n).Public().(ed25519.PublicKey))
		all = append(all, `{"kty":"OKP","crv":"Ed25519","x":"`+x+`"}`)
	}
	return `{"keys":[` + strings.Join(all, ",") + `]}`
}

// Keys and revocations decide until the limit has passed since they were heard of.
func TestInstitution(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := feed.NewInstitution(time.Hour, true, nil)
		policy, err := verify.Any([]verify.Method{i.Method()}, nil)
		if err != nil {
			t.Fatal(err)
		}
		code, id := signed(t, 1)
		want := func(c verify.Code) {
			t.Helper()
			_, err := policy.Verify(t.Context(), code)
			rejected, _ := errors.AsType[*verify.RejectedError](err)
			if (rejected == nil) != (c == "") || rejected != nil && rejected.Reasons[0].Code != c {
				t.Errorf("%v, want %q", err, c)
			}
		}
		take := func(d feed.Document, document string, ok bool) {
			t.Helper()
			if err := d.Take(t.Context(), strings.NewReader(document)); (err == nil) != ok {
				t.Errorf("%s: %v", document, err)
			}
		}
		want(verify.CodeStale)
		take(i.Keys(), jwks(1, 2), true)
		want(verify.CodeStale) // something could be revoked
		take(i.Revocations(), `{}`, true)
		want("")
		time.Sleep(50 * time.Minute)
		i.Keys().Unchanged()
		take(i.Keys(), `{"keys":[]}`, false)
		take(i.Revocations(), `{"key":[]}`, false)
		want("")
		time.Sleep(10 * time.Minute)
		want(verify.CodeStale) // of the revocations nothing was heard for an hour
		i.Revocations().Unchanged()
		want("")
		take(i.Revocations(), revoking(t, id), true)
		want(verify.CodeRevoked)
		take(i.Revocations(), `{}`, true)
		take(i.Keys(), jwks(2), true)
		want(verify.CodeUnknownKey)
	})
}

func signed(t *testing.T, key byte) (string, verify.CodeID) {
	t.Helper()
	a, err := verify.Parse("https://pay.example/7", nil)
	if err == nil {
		a, err = verify.Sign(testKey(key), a, verify.Claims{Expires: time.Now().Add(24 * time.Hour)})
	}
	if err != nil {
		t.Fatal(err)
	}
	id, err := verify.CodeIDOf(a)
	if err != nil {
		t.Fatal(err)
	}
	return a.String(), id
}

func revoking(t *testing.T, id verify.CodeID) string {
	t.Helper()
	raw, err := json.Marshal(verify.Revocations{Codes: []verify.CodeID{id}})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
