package emvco

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// isTemplate says that the value of an object at a level is a row of objects.
func isTemplate(level, id string) bool {
	switch level {
	case "":
		return id >= "26" && id <= "51" || id == "62" || id == "64" || id >= "80"
	case "62":
		return id >= "50" // payment systems' own
	}
	return false
}

// problems are what is wrong with the payload.
func (p Payload) problems() []Problem {
	c := &checker{at: len(begin)}
	c.row("", p.Objects)
	if len(p.Accounts()) == 0 {
		c.say("02", "is missing, and so is each up to 51: want one of the merchant's accounts")
	}
	c.fees(p)
	return c.found
}

// checker collects problems on its way through the objects.
type checker struct {
	at    int // where the object begins that is looked at
	found []Problem
}

func (c *checker) say(path, format string, args ...any) {
	c.found = append(c.found, Problem{path, c.at, fmt.Sprintf(format, args...)})
}

// row judges the objects at a level, and leaves c behind them.
func (c *checker) row(level string, list []Object) {
	seen := map[string]bool{}
	for _, o := range list {
		path := join(level, o.ID)
		switch {
		case len(o.ID) != 2 || !isDigits(o.ID):
			c.say(level, "has an object of the ID %.8q: want two digits", o.ID)
		case level == "" && (o.ID == "00" || o.ID == "63"):
			c.say(path, "is written by itself: want it left out")
		case seen[o.ID]:
			c.say(path, "is there twice: want each object once")
		}
		seen[o.ID] = true
		c.object(level, o)
	}
	for _, id := range mandatory(level) {
		if !seen[id] {
			c.say(join(level, id), "is missing")
		}
	}
}

// object judges one object, and leaves c behind it.
func (c *checker) object(level string, o Object) {
	path, value := join(level, o.ID), o.Value
	template := isTemplate(level, o.ID)
	switch {
	case template && o.Value != "":
		c.say(path, "is a template and has a value of its own: want objects alone")
	case !template && len(o.Objects) > 0:
		c.say(path, "is no template and has objects: want a value alone")
	case template:
		value = written(o.Objects)
	}
	r := ruleOf(level, o.ID)
	if wrong := r.against(value); wrong != "" {
		c.say(path, "%s", wrong)
	}
	next := c.at + 4 + len(value)
	if template {
		c.at += 4
		c.row(path, o.Objects)
	}
	c.at = next
}

// fees judges the conditions between objects: a fee is there exactly where 55
// announces it.
func (c *checker) fees(p Payload) {
	for _, fee := range []struct{ id, announced string }{{"56", "02"}, {"57", "03"}} {
		has := slices.ContainsFunc(p.Objects, func(o Object) bool { return o.ID == fee.id })
		switch announced := p.Value("55") == fee.announced; {
		case announced && !has:
			c.say(fee.id, "is missing: 55 is %s", fee.announced)
		case has && !announced:
			c.say(fee.id, "is there, and 55 is %.8q: want %s, or neither", p.Value("55"), fee.announced)
		}
	}
}

// mandatory are the IDs that have to be at a level.
func mandatory(level string) []string {
	switch level {
	case "":
		return []string{"52", "53", "58", "59", "60"}
	case "62":
		return nil
	case "64":
		return []string{"00", "01"}
	}
	return []string{"00"} // who the template belongs to
}

// rule is what a value has to be.
type rule struct {
	min, max int                 // characters
	allowed  func(r rune) bool   // nil allows every character
	alphabet string              // what is allowed, in words
	form     func(v string) bool // nil wants nothing more
	want     string              // the form, in words
}

// against is what is wrong with a value; empty when nothing is.
func (r rule) against(value string) string {
	n := utf8.RuneCountInString(value)
	switch {
	case !utf8.ValidString(value):
		return "is not UTF-8"
	case n == 0:
		return "is empty: want a value, or the object left out"
	case r.min == r.max && n != r.max:
		return fmt.Sprintf("is %.40q, of %d characters: want %d", value, n, r.max)
	case n > r.max:
		return fmt.Sprintf("is %.40q, of %d characters: at most %d", value, n, r.max)
	case r.allowed != nil && strings.ContainsFunc(value, func(c rune) bool { return !r.allowed(c) }):
		return fmt.Sprintf("is %.40q: want %s", value, r.alphabet)
	case r.form != nil && !r.form(value):
		return fmt.Sprintf("is %.40q: want %s", value, r.want)
	}
	return ""
}
