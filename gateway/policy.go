package gateway

import (
	"fmt"
	"slices"
	"time"

	"github.com/anyscan/anyscan/order"
)

// Policy is how a gateway determines the payment component: by one of the four modes,
// or by the first of its rules that applies. It is data: it can be written as JSON, and
// what it decides depends on the [Question] alone.
type Policy struct {
	Mode    Mode   `json:"mode,omitempty"`    // "" means ModeChoose
	Default string `json:"default,omitempty"` // name of the gateway's default component; "" means none
	Rules   []Rule `json:"rules,omitempty"`   // the first that applies counts
}

// A Rule is an exception from a policy.
type Rule struct {
	Name string `json:"name"` // 1 to 64 bytes, unique in the policy; recorded with what it decides
	When When   `json:"when,omitzero"`
	// Offer names the components to offer, in this order, and no others: an order that
	// none of them can pay is refused where that is known when it is placed, and else
	// has no offers. None means all that can pay, in the registry's order.
	Offer   []string `json:"offer,omitempty"`
	Mode    Mode     `json:"mode,omitempty"`    // "" means the policy's
	Default string   `json:"default,omitempty"` // "" means the policy's
}

// When says what a rule applies to: whatever fits everything that is set.
type When struct {
	Currencies []string `json:"currencies,omitempty"` // ISO 4217
	// Min and Max bound the amount in minor units, included; 0 sets no bound. They
	// need one currency.
	Min       int64    `json:"min,omitempty"`
	Max       int64    `json:"max,omitempty"`
	Apps      []string `json:"apps,omitempty"`      // kinds of the scanning app
	Acquirers []string `json:"acquirers,omitempty"` // names
	Merchants []string `json:"merchants,omitempty"` // identifiers, of whichever acquirer
	Hours     Hours    `json:"hours,omitzero"`
}

func (w When) fits(q Question) bool {
	one := func(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }
	return one(w.Currencies, q.Amount.Currency) && q.Amount.Amount >= w.Min && (w.Max == 0 || q.Amount.Amount <= w.Max) &&
		one(w.Apps, q.Opening.App.Kind) && one(w.Acquirers, q.Acquirer) && one(w.Merchants, q.Merchant) && w.Hours.fit(q.At)
}

// Hours are a part of each day, from From until before To, "15:04" each. Where To is
// not later than From they last until the next day. The zero value is always.
type Hours struct {
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Offset is that of the clock from UTC, such as "+08:00"; "" means UTC. A zone with
	// summer time takes two policies: what was decided can then be decided again without
	// knowing what a zone's rules were.
	Offset string   `json:"offset,omitempty"`
	Days   []string `json:"days,omitempty"` // "mon" to "sun", of the day that they begin on; none means all
}

func days() []string { return []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

func (h Hours) zero() bool { return h.From == "" && h.To == "" && h.Offset == "" && len(h.Days) == 0 }

func (h Hours) fit(at time.Time) bool {
	if h.zero() {
		return true
	}
	offset, _ := parseOffset(h.Offset)
	from, _ := parseClock(h.From, 0)
	to, _ := parseClock(h.To, 24*time.Hour)
	at = at.UTC().Add(offset)
	midnight := at.Truncate(24 * time.Hour)
	in := func(day time.Time) bool {
		begin, end := day.Add(from), day.Add(to)
		if to <= from {
			end = end.Add(24 * time.Hour)
		}
		on := len(h.Days) == 0 || slices.Contains(h.Days, days()[day.Weekday()])
		return on && !at.Before(begin) && at.Before(end)
	}
	return in(midnight) || in(midnight.Add(-24*time.Hour))
}

func parseClock(s string, standard time.Duration) (time.Duration, error) {
	if s == "" {
		return standard, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("is %.20q: want a time of day, such as 09:30", s)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

func parseOffset(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	t, err := time.Parse("-07:00", s)
	if err != nil {
		return 0, fmt.Errorf("is %.20q: want an offset from UTC, such as +08:00", s)
	}
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second, nil
}

// Check reports everything that is wrong with the policy, each with its path in it.
// known says whether a component of that name is configured.
func (p Policy) Check(known func(name string) bool) []order.Problem {
	c := check{known: known}
	c.target("", p.Mode, p.Default)
	seen := map[string]bool{}
	for i, r := range p.Rules {
		at := fmt.Sprintf("/rules/%d", i)
		if r.Name == "" || len(r.Name) > 64 {
			c.add(at+"/name", "has %d bytes: want 1 to 64", len(r.Name))
		} else if seen[r.Name] {
			c.add(at+"/name", "is %q, which another rule is called", r.Name)
		}
		seen[r.Name] = true
		c.target(at, r.Mode, r.Default)
		for j, name := range r.Offer {
			c.component(fmt.Sprintf("%s/offer/%d", at, j), name)
			if slices.Contains(r.Offer[:j], name) {
				c.add(fmt.Sprintf("%s/offer/%d", at, j), "is %.70q once more: want each component once", name)
			}
		}
		c.when(at+"/when", r.When)
	}
	return c.problems
}

type check struct {
	known    func(string) bool
	problems []order.Problem
}

func (c *check) add(path, format string, args ...any) {
	c.problems = append(c.problems, order.Problem{Path: path, Detail: fmt.Sprintf(format, args...)})
}

func (c *check) component(path, name string) {
	if !c.known(name) {
		c.add(path, "is %.70q: no component of that name is configured", name)
	}
}

func (c *check) target(at string, mode Mode, standard string) {
	if mode != "" {
		if _, err := ParseMode(string(mode)); err != nil {
			c.add(at+"/mode", "is %.40q: want choose, app, gateway or terminal", mode)
		}
	}
	if standard != "" {
		c.component(at+"/default", standard)
	}
}

func (c *check) when(at string, w When) {
	for i, code := range w.Currencies {
		if _, ok := order.Exponent(code); !ok {
			c.add(fmt.Sprintf("%s/currencies/%d", at, i), "is %.8q: want a code of ISO 4217", code)
		}
	}
	bounded := w.Min != 0 || w.Max != 0
	switch {
	case w.Min < 0 || w.Max < 0 || w.Max != 0 && w.Max < w.Min:
		c.add(at+"/max", "is %d with the min %d: want 0 ≤ min ≤ max", w.Max, w.Min)
	case bounded && len(w.Currencies) != 1:
		c.add(at+"/currencies", "has %d: an amount is bounded in one currency", len(w.Currencies))
	}
	c.hours(at+"/hours", w.Hours)
}

func (c *check) hours(at string, h Hours) {
	_, from := parseClock(h.From, 0)
	_, to := parseClock(h.To, 0)
	_, offset := parseOffset(h.Offset)
	for i, err := range []error{from, to, offset} {
		if err != nil {
			c.add(at+[]string{"/from", "/to", "/offset"}[i], "%v", err)
		}
	}
	for i, day := range h.Days {
		if !slices.Contains(days(), day) {
			c.add(fmt.Sprintf("%s/days/%d", at, i), "is %.10q: want mon, tue, wed, thu, fri, sat or sun", day)
		}
	}
}
