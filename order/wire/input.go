package wire

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	maxInput = 1024 // bytes of a Signature-Input header
	maxTime  = 15   // digits of a Structured Fields integer
)

// component is a part of a message that a signature covers (RFC 9421 section 2).
type component struct {
	name string // of a field in lower case, or of a derived component with @
	req  bool   // it is the request's, covered by its response
	key  string // of a dictionary field: the one member that is covered
}

// String is the component identifier as it stands in headers and in the base.
func (c component) String() string {
	s := `"` + c.name + `"`
	if c.req {
		s += ";req"
	}
	if c.key != "" {
		s += `;key="` + c.key + `"`
	}
	return s
}

// input is a member of Signature-Input: what is covered, and how it was signed.
type input struct {
	covered []component
	params  []param
}

// param is a signature parameter (RFC 9421 section 2.3).
type param struct {
	name string
	text string // its value, if it is a string
	num  int64  // its value, if it is an integer
	int  bool
}

func (p param) String() string {
	if p.int {
		return ";" + p.name + "=" + strconv.FormatInt(p.num, 10)
	}
	return ";" + p.name + `="` + p.text + `"`
}

// String is the value of @signature-params.
func (in input) String() string {
	ids := make([]string, len(in.covered))
	for i, c := range in.covered {
		ids[i] = c.String()
	}
	var b strings.Builder
	b.WriteString("(" + strings.Join(ids, " ") + ")")
	for _, p := range in.params {
		b.WriteString(p.String())
	}
	return b.String()
}

// parseInput reads a Signature-Input header that has the one member label. It
// takes what Structured Fields serialization writes (RFC 9651 section 4.1) and
// no other spelling, so that what was signed is what stands there.
func parseInput(label, header string) (in input, err error) {
	if len(header) > maxInput {
		return in, fmt.Errorf("has %d bytes: at most %d", len(header), maxInput)
	}
	p := parser{rest: header}
	p.want(label + "=(")
	for first := true; p.err == nil && !p.take(")"); first = false {
		if !first {
			p.want(" ")
		}
		in.covered = append(in.covered, p.component())
	}
	for p.err == nil && p.rest != "" {
		in.params = append(in.params, p.param())
	}
	if p.err == nil {
		p.err = in.unique()
	}
	return in, p.err
}

// unique reports a component or parameter that stands twice.
func (in input) unique() error {
	for i, c := range in.covered {
		if slices.Contains(in.covered[:i], c) {
			return fmt.Errorf("covers %s twice", c)
		}
	}
	for i, p := range in.params {
		if slices.ContainsFunc(in.params[:i], func(q param) bool { return q.name == p.name }) {
			return fmt.Errorf("has the parameter %s twice", p.name)
		}
	}
	return nil
}

// parser eats a header from the left. Its first error stays.
type parser struct {
	rest string
	err  error
}

func (p *parser) take(token string) bool {
	rest, ok := strings.CutPrefix(p.rest, token)
	if ok && p.err == nil {
		p.rest = rest
	}
	return ok && p.err == nil
}

func (p *parser) want(token string) {
	if !p.take(token) {
		p.fail(fmt.Sprintf("%q", token))
	}
}

func (p *parser) fail(wanted string) {
	if p.err == nil {
		p.err = fmt.Errorf("goes on with %.40q: want %s", p.rest, wanted)
	}
}

func (p *parser) component() (c component) {
	c.name = p.text()
	c.req = p.take(";req")
	if p.take(";key=") {
		c.key = p.text()
	}
	return c
}

func (p *parser) param() (q param) {
	p.want(";")
	q.name = p.run("abcdefghijklmnopqrstuvwxyz", "the name of a parameter")
	p.want("=")
	if strings.HasPrefix(p.rest, `"`) {
		q.text = p.text()
		return q
	}
	q.int = true
	digits := p.run("0123456789", "a string or an integer")
	if len(digits) > maxTime || len(digits) > 1 && digits[0] == '0' {
		p.fail("an integer of at most 15 digits, without a leading zero")
		return q
	}
	q.num, _ = strconv.ParseInt(digits, 10, 64)
	return q
}

// run takes the characters of the set.
func (p *parser) run(set, wanted string) string {
	rest := strings.TrimLeft(p.rest, set)
	run := p.rest[:len(p.rest)-len(rest)]
	if run == "" {
		p.fail(wanted)
	}
	p.take(run)
	return run
}

// text takes a string in quotes. Names, key identifiers and tags need no
// escapes, so there are none.
func (p *parser) text() string {
	p.want(`"`)
	inner, _, closed := strings.Cut(p.rest, `"`)
	if !closed || inner == "" || !isPrintable(inner) || strings.Contains(inner, `\`) {
		p.fail("printable ASCII in quotes")
		return ""
	}
	p.take(inner + `"`)
	return inner
}
