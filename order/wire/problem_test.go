package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
)

// statuses is the table that clients of other makes read; it never changes.
func statuses() map[order.Code]int {
	return map[order.Code]int{
		order.CodeInvalid: 400, order.CodeIdempotencyKeyMissing: 400, order.CodeUnauthenticated: 401, order.CodeForbidden: 403,
		order.CodeNotFound: 404, order.CodeConflict: 409, order.CodeInFlight: 409, order.CodePageChanged: 409,
		order.CodeNotOffered: 409, order.CodeExpired: 410, order.CodeTooLarge: 413, order.CodeIdempotencyKeyReused: 422,
		order.CodeRefused: 422, order.CodeUnavailable: 503, order.CodeInternal: 500,
	}
}

func write(err error) *http.Response {
	w := httptest.NewRecorder()
	WriteError(w, httptest.NewRequest("POST", "/orders", nil), err)
	return w.Result()
}

// Every code crosses the wire and comes out as it went in.
func TestErrorsCross(t *testing.T) {
	for code, status := range statuses() {
		sent := &order.Error{
			Code: code, Op: "secret op", Detail: "read this", Err: errors.New("secret cause"),
			Problems: []order.Problem{{Path: "/a", Detail: "is <wrong>"}}, RetryAfter: 1500 * time.Millisecond,
		}
		resp := write(fmt.Errorf("wrapped: %w", sent))
		if resp.StatusCode != status {
			t.Errorf("%s has status %d, want %d", code, resp.StatusCode, status)
		}
		got, ok := errors.AsType[*order.Error](ReadError(resp))
		want := &order.Error{Code: code, Op: "wire.ReadError", Detail: "read this", Problems: sent.Problems}
		if code == order.CodeUnavailable || code == order.CodeInFlight || code == order.CodeRateLimited {
			want.RetryAfter = 2 * time.Second
		}
		if code == order.CodeInternal {
			want.Detail, want.Problems = "", nil
		}
		if diff := cmp.Diff(want, got); !ok || diff != "" {
			t.Error(diff)
		}
	}
}

func TestProblemBody(t *testing.T) {
	resp := write(&order.Error{Code: order.CodeUnavailable, Detail: "busy"})
	var got map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"type": "https://pkg.go.dev/github.com/anyscan/anyscan/order#Code", "title": "Not available now", "status": 503.0,
		"detail": "busy", "code": "unavailable", "retryable": true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/problem+json", "Cache-Control": "no-store",
		"X-Content-Type-Options": "nosniff", "Retry-After": "1",
	} {
		if got := resp.Header.Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if write(&order.Error{Code: order.CodeUnauthenticated}).Header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
	if write(&order.Error{Code: order.CodeConflict}).Header.Get("Retry-After") != "" {
		t.Error("Retry-After where asking again cannot help")
	}
}

// A cause never leaves the process, whatever the error is.
func TestCausesStay(t *testing.T) {
	cause := errors.New("password=hunter2")
	for name, err := range map[string]error{
		"any error":       cause,
		"joined":          errors.Join(io.EOF, cause),
		"ours, internal":  order.Errorf(order.CodeInternal, "op", "oops: %w", cause),
		"ours":            &order.Error{Code: order.CodeNotFound, Op: "hunter2", Err: cause},
		"code not ours":   &order.Error{Code: "hunter2", Detail: "hunter2"},
		"nil in an error": (*order.Error)(nil),
		"nil":             nil,
	} {
		resp := write(err)
		body, _ := io.ReadAll(resp.Body)
		if strings.Contains(string(body), "hunter2") || strings.Contains(fmt.Sprint(resp.Header), "hunter2") {
			t.Errorf("%s leaks: %s", name, body)
		}
		if want := 500; name != "ours" && resp.StatusCode != want {
			t.Errorf("%s has status %d, want %d", name, resp.StatusCode, want)
		}
	}
}

func TestContextErrors(t *testing.T) {
	for _, err := range []error{context.Canceled, fmt.Errorf("waiting: %w", context.DeadlineExceeded)} {
		if got := write(err).StatusCode; got != 503 {
			t.Errorf("%v has status %d, want 503", err, got)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	WriteError(w, httptest.NewRequest("GET", "/", nil).WithContext(ctx), errors.New("interrupted"))
	if w.Code != 503 {
		t.Errorf("after the request was given up: status %d, want 503", w.Code)
	}
	err := &order.Error{Code: order.CodeConflict, Err: context.Canceled}
	if got := write(err).StatusCode; got != 409 {
		t.Errorf("a decision has status %d, want 409", got)
	}
}

// A code that only a newer peer knows comes out as the closest one of ours, no
// more retryable than the peer says, and can still be found.
func TestNewerCodes(t *testing.T) {
	for status, want := range map[int]order.Code{
		400: order.CodeInvalid, 401: order.CodeUnauthenticated, 403: order.CodeForbidden, 404: order.CodeNotFound,
		405: order.CodeInvalid, 408: order.CodeUnavailable, 409: order.CodeConflict, 410: order.CodeExpired,
		413: order.CodeTooLarge, 422: order.CodeRefused, 425: order.CodeUnavailable, 429: order.CodeUnavailable,
		499: order.CodeInvalid, 500: order.CodeInternal, 501: order.CodeInternal, 502: order.CodeUnavailable,
		503: order.CodeUnavailable, 504: order.CodeUnavailable, 302: order.CodeInternal,
	} {
		const sent = `{"type":"` + problemType + `","code":"on_hold_2","detail":"read this","problems":[{"path":"/a","detail":"b"}],"retryable":`
		err := ReadError(answered(status, problemMedia, sent+"false}"))
		got, _ := errors.AsType[*order.Error](err)
		diff := cmp.Diff(&order.Error{
			Code: want, Op: "wire.ReadError", Detail: "read this", Err: order.Code("on_hold_2"),
			Problems: []order.Problem{{Path: "/a", Detail: "b"}},
		}, got)
		if diff != "" || !errors.Is(err, order.Code("on_hold_2")) {
			t.Errorf("%d: %s", status, diff)
		}
		if again := ReadError(answered(status, problemMedia, sent+"true}")); order.CodeOf(again) != order.CodeUnavailable {
			t.Errorf("%d that may be asked again: %v", status, again)
		}
	}
}

// Every code of ours is a word that a peer takes from a version it is older than.
func TestCodesAreWords(t *testing.T) {
	for code := range statuses() {
		if !isCode(code) {
			t.Errorf("%s would not be taken by an older peer", code)
		}
	}
	for _, c := range []order.Code{"", "_a", "1a", "Not_found", "a b", "a-b", "é", "a\x00", order.Code(strings.Repeat("a", maxCode+1))} {
		if isCode(c) {
			t.Errorf("%q is taken for a code", c)
		}
	}
}

// What no peer of ours said is not believed.
func TestForeignAnswers(t *testing.T) {
	for name, tc := range map[string]struct {
		resp *http.Response
		want order.Code
	}{
		"proxy page":     {answered(502, "text/html", "<h1>Bad Gateway</h1>"), order.CodeUnavailable},
		"overload":       {answered(503, "", ""), order.CodeUnavailable},
		"proxy time-out": {answered(504, "text/plain", "x"), order.CodeUnavailable},
		"foreign 404":    {answered(404, "text/html", "not found"), order.CodeInternal},
		"JSON 404":       {answered(404, "application/json", `{"code":"not_found"}`), order.CodeInternal},
		"other code":     {answered(429, problemMedia, `{"code":"slow_down"}`), order.CodeInternal},
		"no code":        {answered(404, problemMedia, `{"type":"about:blank"}`), order.CodeInternal},
		"another's type": {answered(409, problemMedia, `{"type":"about:blank","code":"on_hold"}`), order.CodeInternal},
		"code no word":   {answered(409, problemMedia, `{"type":"`+problemType+`","code":"On hold!"}`), order.CodeInternal},
		"type alone":     {answered(409, problemMedia, `{"type":"`+problemType+`"}`), order.CodeInternal},
		"not JSON":       {answered(503, problemMedia, `{`), order.CodeUnavailable},
		"too long":       {answered(404, problemMedia, `{"code":"not_found"}`+strings.Repeat(" ", problemLimit)), order.CodeInternal},
		"a redirect":     {answered(302, "", ""), order.CodeInternal},
		"a newer peer":   {answered(404, problemMedia, `{"code":"not_found","trace":"x"}`), order.CodeNotFound},
		"no error":       {answered(204, "", ""), ""},
	} {
		if err := ReadError(tc.resp); order.CodeOf(err) != tc.want {
			t.Errorf("%s: got %v, want code %q", name, err, tc.want)
		}
	}
	cut := answered(404, problemMedia, "")
	cut.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF))
	if err := ReadError(cut); !errors.Is(err, order.CodeInternal) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut off: %v", err)
	}
}
