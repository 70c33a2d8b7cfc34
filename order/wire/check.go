package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/anyscan/anyscan/order"
)

const (
	maxDepth    = 32 // objects and arrays around a value
	maxProblems = 20 // reported of one message
	maxName     = 64 // bytes of a name in a problem's path
)

// checker walks valid JSON next to the type it will be decoded into and
// collects what does not fit.
type checker struct {
	scanner
	rules    rules
	path     []string // of the value being checked
	known    map[reflect.Type]fields
	problems []order.Problem
	stopped  bool // nothing is gained by reading on
}

func newChecker(data []byte, r rules) *checker {
	return &checker{scanner: scanner{data: data}, rules: r, known: map[reflect.Type]fields{}}
}

// value checks the next value. A nil type takes anything.
func (c *checker) value(t reflect.Type) {
	t, nullable := taker(t)
	token := c.next()
	start := c.at - len(token)
	switch token[0] {
	case '{', '[':
		c.container(token[0], t)
		if decodesItself(t) && !c.stopped {
			c.fits(t, c.data[start:c.at])
		}
		return
	case 'n':
		if !nullable {
			c.add("is null: want %s, or nothing at all", want(t))
		}
		return
	case '"':
		c.text(token)
	}
	if t != nil {
		c.fits(t, token)
	}
}

// container checks what is inside an object or an array.
func (c *checker) container(open byte, t reflect.Type) {
	if len(c.path) >= maxDepth {
		c.add("is nested deeper than %d", maxDepth)
		c.stopped = true
	}
	switch {
	case decodesItself(t):
		t = nil
	case t != nil && !holds(t, open):
		c.add("is %s: want %s", describe([]byte{open}), want(t))
		t = nil
	}
	if open == '{' {
		c.object(t)
	} else {
		c.array(t)
	}
}

func (c *checker) object(t reflect.Type) {
	seen := map[string]bool{}
	for !c.stopped && c.more() {
		name := c.text(c.next())
		c.path = append(c.path, name)
		if seen[name] {
			c.add("stands twice: give it once")
		}
		seen[name] = true
		c.value(c.member(t, name))
		c.path = c.path[:len(c.path)-1]
	}
}

func (c *checker) array(t reflect.Type) {
	if t != nil {
		t = t.Elem()
	}
	for i := 0; !c.stopped && c.more(); i++ {
		c.path = append(c.path, strconv.Itoa(i))
		c.value(t)
		c.path = c.path[:len(c.path)-1]
	}
}

// member is the type of the field or entry that the path points to.
func (c *checker) member(t reflect.Type, name string) reflect.Type {
	if t == nil {
		return nil
	}
	if t.Kind() == reflect.Map {
		return t.Elem()
	}
	if c.known[t] == nil {
		c.known[t] = fieldsOf(t)
	}
	ft, ok := c.known[t][name]
	if !ok && (c.rules == requestRules || c.known[t].folds(name)) {
		c.add("is not known here: want %s", c.known[t])
	}
	return ft
}

// fits checks that encoding/json takes the value for the type.
func (c *checker) fits(t reflect.Type, raw []byte) {
	if err := json.Unmarshal(raw, reflect.New(t).Interface()); err != nil {
		c.add("%s", misfit(t, raw, err))
	}
}

// text is the string that a token stands for.
func (c *checker) text(token []byte) string {
	inner := token[1 : len(token)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return string(inner)
	}
	if halfCharacter(inner) {
		c.add("holds half of a surrogate pair, which is no character")
	}
	var s string
	json.Unmarshal(token, &s) // the token is part of valid JSON
	return s
}

func (c *checker) add(format string, args ...any) {
	c.problems = append(c.problems, order.Problem{Path: c.pointer(), Detail: fmt.Sprintf(format, args...)})
	c.stopped = c.stopped || len(c.problems) >= maxProblems
}

// pointer is the path as a JSON Pointer (RFC 6901). Names that are too long to
// be meant are cut, so that an answer stays small.
func (c *checker) pointer() string {
	var b strings.Builder
	for _, name := range c.path {
		if len(name) > maxName {
			name = strings.ToValidUTF8(name[:maxName], "") + "…"
		}
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	return b.String()
}
