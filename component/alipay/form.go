package alipay

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

const (
	maxFields = 200
	maxName   = 64 // bytes
)

// form is the parameters of a notification in the order in which they came.
type form []field

type field struct {
	name, value string
	raw         string // the value as it came
}

// parseForm reads application/x-www-form-urlencoded more strictly than a browser
// writes it: what stands twice is signed once, and what could be read as two
// parameters is not clearly signed at all.
func parseForm(body []byte) (form, error) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil, errors.New("the body is empty: was it read before it came here?")
	}
	var f form
	for pair := range strings.SplitSeq(string(body), "&") {
		one, err := parseField(pair)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(f, func(other field) bool { return other.name == one.name }) {
			return nil, fmt.Errorf("the parameter %s stands in it twice", one.name)
		}
		if f = append(f, one); len(f) > maxFields {
			return nil, fmt.Errorf("the notification has more than %d parameters", maxFields)
		}
	}
	return f, nil
}

func parseField(pair string) (f field, err error) {
	name, raw, _ := strings.Cut(pair, "=")
	if !plain(name) {
		return f, fmt.Errorf("the body is not the form that Alipay sends: %.40q is no name of a parameter", name)
	}
	value, err := url.QueryUnescape(raw)
	if err != nil {
		return f, fmt.Errorf("the parameter %s is not encoded as a form: was the body decoded before it came here?", name)
	}
	if _, after, found := strings.Cut(value, "&"); found && strings.Contains(after, "=") {
		return f, fmt.Errorf("the parameter %s holds & and =: Alipay's signature does not tell it from two parameters", name)
	}
	return field{name, value, raw}, nil
}

func plain(name string) bool {
	return name != "" && len(name) <= maxName && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == ""
}

func (f form) parameters() parameters {
	p := parameters{}
	for _, one := range f {
		p[one.name] = one.value
	}
	return p
}

// names are what came, for those who look for what was dropped on the way.
func (f form) names() string {
	var names []string
	for _, one := range f {
		names = append(names, one.name)
	}
	slices.Sort(names)
	all := strings.Join(names, " ")
	return "it came with: " + all[:min(len(all), 1000)]
}

// mistakes are the other texts that a notification could have been signed as.
func (f form) mistakes() []mistake {
	p, encoded, full := f.parameters(), parameters{}, parameters{}
	var unsorted []string
	for _, one := range f {
		encoded[one.name] = one.raw
		if one.value != "" {
			full[one.name] = one.value
		}
		if one.name != "sign" && one.name != "sign_type" {
			unsorted = append(unsorted, one.name+"="+one.value)
		}
	}
	return []mistake{
		{strings.Join(unsorted, "&"), "the sign is over the parameters in the order of the body: want them sorted by name"},
		{p.text("sign"), "the sign is over sign_type too: want it left out"},
		{encoded.text("sign", "sign_type"), "the sign is over the values as the body encodes them: want them decoded"},
		{full.text("sign", "sign_type"), "the sign leaves parameters without a value out: want all of them"},
	}
}
