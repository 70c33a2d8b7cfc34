package wire

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/order"
)

const peer = "http://gateway.localhost"

// gatewayServer serves next in the network for the holder of key 1, signing
// with key 2, and returns what it logs.
func gatewayServer(t *testing.T, n *Network, next http.HandlerFunc) *bytes.Buffer {
	t.Helper()
	var log bytes.Buffer
	signer, err := NewSigner(testKey(2), nil)
	if err != nil {
		t.Fatal(err)
	}
	h, err := NewHandler(next, peer, signer, testKeys(t, 1), &Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	serve(t, n, "gateway.localhost:80", h)
	return &log
}

// peerClient is a client that signs with the key and believes key 2.
func peerClient(t *testing.T, n *Network, key byte) *http.Client {
	t.Helper()
	signer, err := NewSigner(testKey(key), nil)
	if err != nil {
		t.Fatal(err)
	}
	return client(t, NewTransport(n.Transport(), signer, testKeys(t, 2), nil))
}

func do(t *testing.T, c *http.Client, method, path, body string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, peer+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := SetIdempotencyKey(req, "key-1"); err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.Do(req)
	if err == nil {
		t.Cleanup(func() { resp.Body.Close() })
	}
	return resp, err
}

func TestSignedExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := NewNetwork()
		gatewayServer(t, n, func(w http.ResponseWriter, r *http.Request) {
			caller, ok := Caller(r.Context())
			want, _ := KeyID(testKey(1).Public())
			var got line
			if err := Decode(r, 100, &got); err != nil || !ok || caller != want {
				t.Errorf("the handler has caller %q and %v", caller, err)
			}
			key, err := IdempotencyKey(r)
			if err != nil {
				t.Error(err)
			}
			w.WriteHeader(http.StatusEarlyHints)
			Encode(w, http.StatusCreated, line{got.Name + " " + key})
		})
		resp, err := do(t, peerClient(t, n, 1), "POST", "/orders?a=%20", `{"name":"tea"}`)
		if err != nil {
			t.Fatal(err)
		}
		var got line
		if err := DecodeResponse(resp, 100, &got); err != nil || got.Name != "tea key-1" || resp.StatusCode != 201 {
			t.Errorf("got %+v, %v, status %d", got, err, resp.StatusCode)
		}
		if resp.Request.Header.Get("Signature") != "" {
			t.Error("the caller's own request was changed")
		}
	})
}

// What a handler may do with a response reaches the client as it would without
// a signature.
func TestSignedResponses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := NewNetwork()
		gatewayServer(t, n, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/silent":
			case "/none":
				w.WriteHeader(http.StatusNoContent)
			case "/twice":
				w.WriteHeader(http.StatusAccepted)
				w.WriteHeader(http.StatusTeapot)
			case "/moved":
				http.Redirect(w, r, "/large", http.StatusSeeOther)
			case "/large":
				fmt.Fprint(w, strings.Repeat("large ", 10_000))
			}
		})
		c := peerClient(t, n, 1)
		for path, want := range map[string]string{
			"/silent": "200 0", "/none": "204 0", "/twice": "202 0", "/moved": "200 60000", "/large": "200 60000",
		} {
			resp, err := do(t, c, "POST", path, "")
			if err != nil {
				t.Fatal(path, err)
			}
			data, err := io.ReadAll(resp.Body)
			if got := fmt.Sprint(resp.StatusCode, " ", len(data)); err != nil || got != want {
				t.Errorf("%s gives %s, %v, want %s", path, got, err, want)
			}
		}
		if resp, err := do(t, c, "HEAD", "/large", ""); err != nil || resp.StatusCode != 200 {
			t.Errorf("HEAD: %v", err)
		}
	})
}

// A peer whom nobody knows gets an answer that it cannot believe but whose
// status it is told, and the log says why.
func TestUnknownPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := NewNetwork()
		log := gatewayServer(t, n, func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") })
		_, err := do(t, peerClient(t, n, 3), "POST", "/orders", "{}")
		e, ok := errors.AsType[*order.Error](err)
		if !ok || e.Code != order.CodeUnavailable || !strings.Contains(e.Detail, "401") {
			t.Errorf("got %v", err)
		}
		if got := log.String(); !strings.Contains(got, "keyid") || !strings.Contains(got, "path=/orders") {
			t.Errorf("the log says %q", got)
		}
		resp, err := do(t, client(t, n.Transport()), "POST", "/orders", "{}")
		if err != nil {
			t.Fatal(err)
		}
		if err := ReadError(resp); !errors.Is(err, order.CodeUnauthenticated) || resp.Header.Get("Signature") != "" {
			t.Errorf("without a signature: %v", err)
		}
	})
}

// An answer that the peer did not sign is not let through, whatever it says.
func TestForeignAnswersToSignedRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := NewNetwork()
		serve(t, n, "gateway.localhost:80", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/proxy" {
				http.Error(w, "bad gateway", http.StatusBadGateway)
				return
			}
			Encode(w, 200, line{"paid"})
		}))
		for _, path := range []string{"/proxy", "/orders"} {
			_, err := do(t, peerClient(t, n, 1), "POST", path, "{}")
			if _, ok := errors.AsType[*SignatureError](err); !ok || !errors.Is(err, order.CodeUnavailable) {
				t.Errorf("%s: got %v, want unavailable for its signature", path, err)
			}
		}
	})
}

func TestSignerFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := NewNetwork()
		var log bytes.Buffer
		h, err := NewHandler(http.NotFoundHandler(), peer, brokenSigner(t), testKeys(t, 1), &Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		serve(t, n, "gateway.localhost:80", h)
		if _, err := do(t, peerClient(t, n, 1), "POST", "/", "{}"); !errors.Is(err, order.CodeUnavailable) {
			t.Errorf("an answer that could not be signed: %v", err)
		}
		if !strings.Contains(log.String(), "key store down") {
			t.Errorf("the log says %q", log.String())
		}
		broken := client(t, NewTransport(n.Transport(), brokenSigner(t), testKeys(t, 2), nil))
		if _, err := do(t, broken, "POST", "/", "{}"); !errors.Is(err, order.CodeUnavailable) {
			t.Errorf("a request that could not be signed: %v", err)
		}
	})
}

// A clock that is wrong is found, in a bubble where time is what it is told.
func TestClocksApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := NewNetwork()
		log := gatewayServer(t, n, func(http.ResponseWriter, *http.Request) {})
		late := func() time.Time { return time.Now().Add(-time.Hour) }
		signer, err := NewSigner(testKey(1), &Options{Now: late})
		if err != nil {
			t.Fatal(err)
		}
		c := client(t, NewTransport(n.Transport(), signer, testKeys(t, 2), nil))
		resp, err := do(t, c, "POST", "/", "{}")
		if err != nil || resp.StatusCode != 401 {
			t.Fatalf("got %v, %v", resp, err)
		}
		if !strings.Contains(log.String(), "1h0m0s before the time here") {
			t.Errorf("the log says %q", log.String())
		}
	})
}

// tripFunc is a base transport made of a function.
type tripFunc func(*http.Request) (*http.Response, error)

func (f tripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// closer tells whether it was closed.
type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error { c.closed = true; return nil }

// A round tripper closes what it was given and what it does not hand on.
func TestTransportCloses(t *testing.T) {
	sent, got := &closer{Reader: strings.NewReader("x")}, &closer{Reader: strings.NewReader("x")}
	base := tripFunc(func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Accept-Encoding") != "identity" {
			t.Error("the answer may come in another encoding than it was signed in")
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: got}, nil
	})
	req, _ := http.NewRequest("POST", peer, sent)
	req.Header.Set("Content-Type", "text/plain")
	if _, err := NewTransport(base, testSigner(t, 1), testKeys(t, 2), nil).RoundTrip(req); err == nil {
		t.Error("an answer without a signature was taken")
	}
	if !sent.closed || !got.closed {
		t.Errorf("closed: request %t, response %t", sent.closed, got.closed)
	}
	unsent := &closer{Reader: strings.NewReader("x")}
	req, _ = http.NewRequest("POST", peer, unsent)
	req.URL.Host, req.Host = "", ""
	if _, err := NewTransport(base, testSigner(t, 1), testKeys(t, 2), nil).RoundTrip(req); err == nil || !unsent.closed {
		t.Errorf("a request that cannot be signed: %v, closed %t", err, unsent.closed)
	}
}

func TestVerifiedBodyIsClosed(t *testing.T) {
	req := sentRequest(t)
	resp := respond(t, req)
	original := &closer{Reader: resp.Body}
	resp.Body = original
	if _, err := VerifyResponse(resp, req, testKeys(t, 2), testOptions(testTime())); err != nil || !original.closed {
		t.Errorf("got %v, closed %t", err, original.closed)
	}
}

// The default base transport, over sockets.
func TestTransportDefault(t *testing.T) {
	s := httptest.NewUnstartedServer(nil)
	h, err := NewHandler(http.NotFoundHandler(), "http://"+s.Listener.Addr().String(), testSigner(t, 2), testKeys(t, 1), testOptions(testTime()))
	if err != nil {
		t.Fatal(err)
	}
	s.Config.Handler = h
	s.Start()
	defer s.Close()
	c := client(t, NewTransport(nil, testSigner(t, 1), testKeys(t, 2), testOptions(testTime())))
	resp, err := c.Get(s.URL + "/nothing")
	if err != nil || resp.StatusCode != 404 {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
}

// A body that something on the way compressed is not the body that was signed.
func TestCompressedOnTheWay(t *testing.T) {
	base := tripFunc(func(r *http.Request) (*http.Response, error) {
		resp := respond(t, r)
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		io.Copy(z, resp.Body)
		z.Close()
		resp.Body = io.NopCloser(&packed)
		return resp, nil
	})
	req, _ := http.NewRequest("POST", peer, nil)
	_, err := NewTransport(base, testSigner(t, 1), testKeys(t, 2), testOptions(testTime())).RoundTrip(req)
	if e, ok := errors.AsType[*SignatureError](err); !ok || e.Part != "content-digest" {
		t.Errorf("got %v", err)
	}
}

// One transport serves many at once and keeps their connections.
func TestTransportConcurrently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, gate := NewNetwork(), make(chan struct{})
		gatewayServer(t, n, func(w http.ResponseWriter, r *http.Request) {
			<-gate // until all are here
			io.Copy(w, r.Body)
		})
		c := peerClient(t, n, 1)
		const callers, rounds = 16, 3
		for range rounds {
			var wg sync.WaitGroup
			for i := range callers {
				wg.Go(func() { echo(t, c, strings.Repeat("x", i)) })
			}
			synctest.Wait()
			for range callers {
				gate <- struct{}{}
			}
			wg.Wait()
		}
		if n.dialed != callers {
			t.Errorf("%d connections for %d callers at a time", n.dialed, callers)
		}
	})
}

func echo(t *testing.T, c *http.Client, sent string) {
	resp, err := do(t, c, "POST", "/", sent)
	if err != nil {
		t.Error(err)
		return
	}
	if got, _ := io.ReadAll(resp.Body); string(got) != sent {
		t.Errorf("sent %q, got %q", sent, got)
	}
}
