package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
)

// A meddler is the payer's way to the servers. By method, host and start of the
// path it changes a word of what is sent or answered.
type meddler struct {
	way   http.RoundTripper
	words map[string][2]string // such as "GET acquirer.localhost/orders/": old and new
}

func (m meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	for at, word := range m.words {
		if !strings.HasPrefix(r.Method+" "+r.URL.Host+r.URL.Path, at) {
			continue
		}
		if r.Method == http.MethodPost {
			r = r.Clone(r.Context())
			var err error
			r.Body, r.ContentLength, err = reworded(r.Body, word)
			if err != nil {
				return nil, err
			}
			break
		}
		answer, err := m.way.RoundTrip(r)
		if err == nil {
			answer.Body, answer.ContentLength, err = reworded(answer.Body, word)
			answer.Header.Del("Content-Length")
		}
		return answer, err
	}
	return m.way.RoundTrip(r)
}

func reworded(body io.ReadCloser, word [2]string) (io.ReadCloser, int64, error) {
	raw, err := io.ReadAll(body)
	raw = bytes.Replace(raw, []byte(word[0]), []byte(word[1]), 1)
	return io.NopCloser(bytes.NewReader(raw)), int64(len(raw)), errors.Join(err, body.Close())
}

// The program succeeds when both servers hold the order as paid, and not when
// one of them alone does, or the wallet declines.
func TestOnlyPaidAtBothServersIsSuccess(t *testing.T) {
	const session, result = "GET gateway.localhost/pay/", "GET acquirer.localhost/orders/"
	for what, c := range map[string]struct {
		words map[string][2]string
		fails string // what the error says; "" where there is none
	}{
		"paid": {},
		"not at the gateway": {map[string][2]string{session: {`"state":"open"`, `"state":"canceled"`}, result: {`"state":"open"`, `"state":"paid"`}},
			"open at the gateway and paid at the acquirer"},
		"not at the acquirer": {map[string][2]string{result: {`"state":"paid"`, `"state":"expired"`}},
			"paid at the gateway and expired at the acquirer"},
		"declined": {map[string][2]string{"POST wallet.localhost/pay/": {`"approve"`, `"decline"`}}, "blue failed: declined"},
	} {
		t.Run(what, func(t *testing.T) {
			err := walked(t, c.words)
			if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
				t.Errorf("%v, want %q", err, c.fails)
			}
		})
	}
}

// walked pays at the café in a system of its own, with a meddler between the
// payer and the servers.
func walked(t *testing.T, words map[string][2]string) error {
	s, stop, err := local.InProcess(t.Context(), gateway.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	place := &town{System: s, stop: stop, release: func() error { return nil }}
	defer place.close()
	address, err := s.Code(t.Context(), "cafe")
	if err != nil {
		t.Fatal(err)
	}
	s.Base = meddler{s.Base, words} // the servers have theirs already
	agree := func(order.Page) (scan.Answer, error) { return scan.Answer{}, nil }
	h, p := console.NewHost("", agree, nil, io.Discard), &console.Printer{Out: io.Discard}
	camera, err := place.camera()
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := camera.Open(h, p)
	if err != nil {
		t.Fatal(err)
	}
	code, err := terminal.Read(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return place.walk(t.Context(), flags{mode: gateway.ModeChoose}, code, h, p)
}
