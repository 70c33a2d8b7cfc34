package wire

import (
	"bytes"
	"crypto"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/order"
)

// brokenKey is a key store that does not answer.
type brokenKey struct{ crypto.Signer }

func (brokenKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("key store down")
}

func brokenSigner(t *testing.T) *Signer {
	t.Helper()
	s, err := NewSigner(brokenKey{testKey(1)}, testOptions(testTime()))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSignRequestRefuses(t *testing.T) {
	target := func(u url.URL) *http.Request { return &http.Request{URL: &u} }
	two, _ := http.NewRequest("POST", gateway, nil)
	two.Header[keyHeader] = []string{`"a"`, `"b"`}
	idn, _ := http.NewRequest("GET", "https://münchen.example/", nil)
	query := target(url.URL{Scheme: "https", Host: "a", RawQuery: "a\n"})
	long, _ := http.NewRequest("POST", gateway, strings.NewReader(strings.Repeat("x", 1<<10+1)))
	untyped, _ := http.NewRequest("POST", gateway, strings.NewReader(body))
	encoded, _ := http.NewRequest("POST", gateway, strings.NewReader(body))
	encoded.Header = http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}}
	for name, tc := range map[string]struct {
		req  *http.Request
		want order.Code
	}{
		"no address":   {&http.Request{}, order.CodeInvalid},
		"no host":      {target(url.URL{Path: "/"}), order.CodeInvalid},
		"no scheme":    {target(url.URL{Host: "a"}), order.CodeInvalid},
		"opaque":       {target(url.URL{Scheme: "https", Host: "a", Opaque: "b"}), order.CodeInvalid},
		"two keys":     {two, order.CodeInvalid},
		"no type":      {untyped, order.CodeInvalid},
		"encoded":      {encoded, order.CodeInvalid},
		"a wide host":  {idn, order.CodeInvalid},
		"a line break": {query, order.CodeInvalid},
		"too long":     {long, order.CodeTooLarge},
	} {
		if err := testSigner(t, 1).SignRequest(tc.req); !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want code %q", name, err, tc.want)
		}
		if tc.req.Header.Get("Signature") != "" {
			t.Errorf("%s: it was signed", name)
		}
	}
	req, _ := http.NewRequest("GET", gateway, nil)
	if err := brokenSigner(t).SignRequest(req); !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("with a key that fails: %v", err)
	}
}

// The signed body can be sent, and sent again.
func TestSignedBody(t *testing.T) {
	req, _ := http.NewRequest("POST", gateway, io.NopCloser(strings.NewReader(body)))
	req.Header.Set("Content-Type", "application/json")
	if err := testSigner(t, 1).SignRequest(req); err != nil {
		t.Fatal(err)
	}
	again, err := req.GetBody()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []io.Reader{req.Body, again} {
		if got, err := io.ReadAll(b); err != nil || !bytes.Equal(got, []byte(body)) {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if req.ContentLength != int64(len(body)) {
		t.Errorf("the length is %d", req.ContentLength)
	}
}

func respond(t *testing.T, req *http.Request) *http.Response {
	t.Helper()
	resp := answered(201, "application/json", body)
	if err := testSigner(t, 2).SignResponse(resp.Header, 201, []byte(body), req); err != nil {
		t.Fatal(err)
	}
	return resp
}

func TestResponseIsVerified(t *testing.T) {
	req := signed(t)
	resp := respond(t, req)
	id, err := VerifyResponse(resp, req, testKeys(t, 2), testOptions(testTime()))
	want, _ := KeyID(testKey(2).Public())
	if err != nil || id != want {
		t.Fatalf("got %q, %v, want %q", id, err, want)
	}
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != body {
		t.Errorf("the client reads %q, %v", got, err)
	}
}

// A response that was changed, or belongs to another request, is refused.
func TestResponseRefused(t *testing.T) {
	set := func(name, value string) func(*http.Response, *http.Request) {
		return func(resp *http.Response, _ *http.Request) { resp.Header.Set(name, value) }
	}
	for name, tc := range map[string]struct {
		change func(*http.Response, *http.Request)
		part   string
	}{
		"status":          {func(resp *http.Response, _ *http.Request) { resp.StatusCode = 200 }, "signature"},
		"body":            {func(resp *http.Response, _ *http.Request) { resp.Body = io.NopCloser(strings.NewReader("{}")) }, "content-digest"},
		"digest":          {set("Content-Digest", contentDigest([]byte("{}"))), "signature"},
		"other request":   {func(_ *http.Response, req *http.Request) { testSigner(t, 2).SignRequest(req) }, "signature"},
		"request bare":    {func(_ *http.Response, req *http.Request) { req.Header.Del("Signature") }, "signature"},
		"not signed":      {func(resp *http.Response, _ *http.Request) { resp.Header = http.Header{} }, "signature-input"},
		"a request's own": {func(resp *http.Response, req *http.Request) { resp.Header = req.Header.Clone() }, "keyid"},
		"request not covered": {func(resp *http.Response, req *http.Request) {
			testSigner(t, 2).sign(message{derived: map[string]string{"@status": "201"}, header: resp.Header}, responseCovers()[:2])
		}, "signature"},
		"own key": {func(resp *http.Response, req *http.Request) {
			testSigner(t, 1).SignResponse(resp.Header, 201, []byte(body), req)
		}, "keyid"},
	} {
		t.Run(name, func(t *testing.T) {
			req := sentRequest(t)
			resp := respond(t, req)
			tc.change(resp, req)
			_, err := VerifyResponse(resp, req, testKeys(t, 2), testOptions(testTime()))
			e, ok := errors.AsType[*SignatureError](err)
			if !ok || e.Part != tc.part || !errors.Is(err, order.CodeUnavailable) {
				t.Errorf("got %v, want unavailable for %s", err, tc.part)
			}
		})
	}
}

func sentRequest(t *testing.T) *http.Request {
	t.Helper()
	req, _ := http.NewRequest("POST", gateway, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	if err := testSigner(t, 1).SignRequest(req); err != nil {
		t.Fatal(err)
	}
	return req
}

func TestSignResponseRefuses(t *testing.T) {
	bare, _ := http.NewRequest("GET", gateway, nil)
	if err := testSigner(t, 1).SignResponse(http.Header{}, 200, nil, bare); !errors.Is(err, order.CodeInvalid) {
		t.Errorf("to a request without a signature: %v", err)
	}
	if err := brokenSigner(t).SignResponse(http.Header{}, 200, nil, sentRequest(t)); !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("with a key that fails: %v", err)
	}
}
