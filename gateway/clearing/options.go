package clearing

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/webhook"
)

// Options are the settings of [New]. The zero value of a field, and a nil
// *Options, stand for the defaults.
type Options struct {
	// Policy determines the payment component. Default: the payer chooses.
	Policy gateway.Policy
	// Aside is when a component that keeps failing is set aside.
	Aside AsideOptions
	// Grace is how long a gateway address works after its order's time, to look
	// at the result. Default: 24 hours.
	Grace time.Duration
	// Longest is how far ahead an order's expiry may lie. Default: 31 days.
	Longest time.Duration
	// LongestStatic is how far ahead the expiry of a static code may lie.
	// Default: 2 years of 366 days.
	LongestStatic time.Duration
	// LongestDynamic is how far ahead the expiry of a dynamic code may lie.
	// Default: 24 hours.
	LongestDynamic time.Duration
	// Development also signs codes on *.localhost, over http too, so that whole
	// systems run on one machine. NEVER set it in what is shipped: terminals
	// refuse such codes. Default: false.
	Development bool
	// Attempts is how many attempts an order may have, 1 to 973. Default: 50.
	Attempts int
	// Timeout is how long one call to a component or an acquirer may take.
	// Default: 20 s.
	Timeout time.Duration
	// Follow are the pauses before a component is asked what became of an
	// attempt; the last one repeats until it is known. Each is longer than
	// Timeout, so that nobody asks while the payment is still being started.
	// Default: 30 s, 1, 2, 5, 10 and 30 min, 1 h.
	Follow []time.Duration
	// Retry are the pauses before an acquirer is notified again; the last one
	// repeats until it acknowledges, and up to a tenth is added to each. Default:
	// the schedule that Standard Webhooks recommends, 5 s, 5 and 30 min, 2, 5,
	// 10, 14, 20 and 24 h.
	Retry []time.Duration
	// Files is how clearing files are made.
	Files FileOptions
	// Webhooks is how webhooks are sent. Its clock and logger are this server's.
	Webhooks webhook.Options
	// Now is the clock. Default: time.Now.
	Now func() time.Time
	// Logger learns what an operator should know. It gets no secret and no
	// address that works. Default: discard.
	Logger *slog.Logger
}

func (o *Options) withDefaults() (Options, error) {
	var full Options
	if o != nil {
		full = *o
	}
	full.Grace = orDefault(full.Grace, 24*time.Hour)
	full.Longest = orDefault(full.Longest, 31*24*time.Hour)
	full.LongestStatic = orDefault(full.LongestStatic, 2*366*24*time.Hour)
	full.LongestDynamic = orDefault(full.LongestDynamic, 24*time.Hour)
	full.Attempts = orDefault(full.Attempts, 50)
	full.Timeout = orDefault(full.Timeout, 20*time.Second)
	if full.Policy.Mode == "" {
		full.Policy.Mode = gateway.ModeChoose
	}
	if len(full.Follow) == 0 {
		full.Follow = []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
			10 * time.Minute, 30 * time.Minute, time.Hour}
	}
	if len(full.Retry) == 0 {
		full.Retry = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
			10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}
	}
	if full.Now == nil {
		full.Now = time.Now
	}
	if full.Logger == nil {
		full.Logger = slog.New(slog.DiscardHandler)
	}
	full.Aside.fill()
	full.Files.fill()
	full.Webhooks.Now, full.Webhooks.Logger = full.Now, full.Logger
	return full, full.validate()
}

func (o *Options) validate() error {
	var p problems
	p.positive("/grace", o.Grace)
	p.positive("/longest", o.Longest)
	p.positive("/longest_static", o.LongestStatic)
	p.positive("/longest_dynamic", o.LongestDynamic)
	p.positive("/timeout", o.Timeout)
	if o.Attempts < 1 || o.Attempts > maxAttempts {
		p.add("/attempts", "is %d: want 1 to %d", o.Attempts, maxAttempts)
	}
	for i, pause := range o.Follow {
		if pause <= o.Timeout {
			p.add(fmt.Sprintf("/follow/%d", i), "is %v: want more than the timeout, %v", pause, o.Timeout)
		}
	}
	for i, pause := range o.Retry {
		p.positive(fmt.Sprintf("/retry/%d", i), pause)
	}
	o.Aside.validate(&p)
	o.Files.validate(&p)
	return p.err("clearing.New", "the options are not valid")
}

func (p *problems) positive(path string, d time.Duration) {
	if d <= 0 {
		p.add(path, "is %v: want more than 0", d)
	}
}

func orDefault[T comparable](value, standard T) T {
	var zero T
	if value == zero {
		return standard
	}
	return value
}
