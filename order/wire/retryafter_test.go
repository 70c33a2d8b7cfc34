package wire

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/order"
)

func TestRetryAfterIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		date := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
		for value, want := range map[string]time.Duration{
			"": 0, "0": 0, "7": 7 * time.Second, "86401": 24 * time.Hour, "99999999999999999999": 24 * time.Hour,
			"-1": 0, "1.5": 0, "soon": 0, "+1": 0, date(5 * time.Second): 5 * time.Second, date(-time.Second): 0, date(48 * time.Hour): 24 * time.Hour,
		} {
			if got := readRetryAfter(http.Header{"Retry-After": {value}}); got != want {
				t.Errorf("%q: %v, want %v", value, got, want)
			}
		}
	})
}

func TestRetryAfterIsWritten(t *testing.T) {
	for wait, want := range map[time.Duration]string{
		0: "1", -time.Hour: "1", time.Millisecond: "1", time.Second: "1", time.Second + 1: "2", time.Minute: "60", 1 << 62: "86400",
	} {
		if got := write(&order.Error{Code: order.CodeRateLimited, RetryAfter: wait}).Header.Get("Retry-After"); got != want {
			t.Errorf("%v: %q, want %q", wait, got, want)
		}
	}
}

// Who has too much to do does not sign, and is heard all the same.
func TestRetryAfterOfAnUnsignedAnswer(t *testing.T) {
	for status, want := range map[int]time.Duration{429: 9 * time.Second, 503: 9 * time.Second, 200: 0, 401: 0} {
		resp := answered(status, problemMedia, "{}")
		resp.Header.Set("Retry-After", "9")
		req, _ := http.NewRequest("GET", "https://pay.example/", nil)
		_, err := VerifyResponse(resp, req, nil, nil)
		if e, ok := err.(*order.Error); !ok || e.Code != order.CodeUnavailable || e.RetryAfter != want {
			t.Errorf("%d: %#v, want to wait %v", status, err, want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "1", "-1", "99999999999", "Wed, 21 Oct 2015 07:28:00 GMT", "Wednesday, 21-Oct-15 07:28:00 GMT"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if got := readRetryAfter(http.Header{"Retry-After": {value}}); got < 0 || got > maxRetryAfter {
			t.Errorf("%q: %v", value, got)
		}
	})
}
