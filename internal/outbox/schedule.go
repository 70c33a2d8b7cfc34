package outbox

import (
	"math/rand/v2"
	"time"
)

// standardWebhooks is the schedule that the Standard Webhooks specification
// recommends, after a first attempt at once.
func standardWebhooks() []time.Duration {
	return []time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute,
		2 * time.Hour, 5 * time.Hour, 10 * time.Hour,
		14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
}

// backoff returns how long to wait after a try that failed.
func backoff(schedule []time.Duration, try int) time.Duration {
	d := max(schedule[min(max(try, 1), len(schedule))-1], 0)
	return d + rand.N(d/10+1)
}
