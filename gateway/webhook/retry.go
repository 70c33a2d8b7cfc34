package webhook

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	longestWait = 24 * time.Hour  // that Retry-After may ask for
	longestRest = 5 * time.Minute // of an endpoint that is under load and does not say how long
	keptTries   = 20              // of a delivery
)

// schedule are the waits after a failed try: those of Standard Webhooks 1.0.0,
// after a first try at once.
func schedule() []time.Duration {
	return []time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
		10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
}

// wait is how long after the given number of failed tries the next one comes; ok
// is false when there is none.
func wait(failed int, asked time.Duration) (d time.Duration, ok bool) {
	waits := schedule()
	if failed > len(waits) {
		return 0, false
	}
	d = max(waits[max(failed, 1)-1], min(asked, longestWait))
	return jitter(d), true
}

// rest is how long an endpoint is spared that said it has too much to do.
func rest(wait, asked time.Duration) time.Duration {
	return max(min(wait, longestRest), min(asked, longestWait))
}

// jitter adds up to a tenth, so that what failed together does not return
// together.
func jitter(d time.Duration) time.Duration { return d + rand.N(d/10+1) }

// retryAfter reads the header of that name (RFC 9110, 10.2.3): seconds or a date.
// It is 0 for what is neither, or is past, and never more than a day.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if digits := strings.Trim(value, "0123456789") == ""; digits && value != "" {
		seconds, err := strconv.ParseInt(value, 10, 32)
		if err != nil {
			return longestWait // more digits than a day has seconds
		}
		return min(time.Duration(seconds)*time.Second, longestWait)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), longestWait)
}
