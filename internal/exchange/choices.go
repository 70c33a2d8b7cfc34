package exchange

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/anyscan/anyscan/order"
)

// A query names the chosen goods with pairs such as q.tea=2. Every other pair
// is the code's own, such as its signature v, and stays as it is to the byte:
// the signature covers it.
const (
	ChoicePrefix = "q."
	// CodeField is the field of a form that holds the code's own query as one
	// value, because browsers write the fields of a form in a spelling of their
	// own. No item has the empty name that it would stand for.
	CodeField = "q."
)

// AppendChoices is the code's own query with the choices added.
func AppendChoices(code string, choices []order.Choice) string {
	var b strings.Builder
	b.WriteString(code)
	for i, c := range choices {
		if i > 0 || code != "" {
			b.WriteByte('&')
		}
		b.WriteString(ChoicePrefix + url.QueryEscape(c.Item) + "=" + strconv.FormatInt(c.Quantity, 10))
	}
	return b.String()
}

// SplitQuery takes a raw query apart into the code's own query and the choices.
// A quantity that is empty or 0 is no choice: a form sends one for every item.
// Errors have [order.CodeInvalid] with a path such as /q.tea. Whether the
// choices are any good is for their Validate to say.
func SplitQuery(raw string) (code string, choices []order.Choice, err error) {
	var own []string
	var carried string
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case name == CodeField && carried == "":
			carried = value
		case strings.HasPrefix(name, ChoicePrefix):
			if choices, err = appendChoice(choices, name, value); err != nil {
				return "", nil, err
			}
		default:
			own = append(own, pair)
		}
	}
	if carried == "" {
		return strings.Join(own, "&"), choices, nil
	}
	code, err = url.QueryUnescape(carried)
	if err != nil || len(own) > 0 || !isQuery(code) {
		return "", nil, invalidPair("/"+CodeField, "is not the query of a code, or stands beside another")
	}
	return code, choices, nil
}

func appendChoice(choices []order.Choice, name, value string) ([]order.Choice, error) {
	item, err := url.QueryUnescape(strings.TrimPrefix(name, ChoicePrefix))
	if err != nil {
		return nil, invalidPair("/"+ChoicePrefix, "is a name with a malformed escape")
	}
	value, err = url.QueryUnescape(value)
	if err != nil {
		value = "?"
	}
	quantity, ok := Quantity(value)
	switch {
	case !ok:
		return nil, invalidPair("/"+ChoicePrefix+item, "is not a quantity: want 0 to 9999 in digits")
	case quantity == 0:
		return choices, nil
	case len(choices) == order.MaxLines:
		return nil, invalidPair("", "holds more choices than an order may have lines")
	}
	return append(choices, order.Choice{Item: item, Quantity: quantity}), nil
}

// Quantity reads how many pieces a payer entered; nothing means none.
func Quantity(s string) (n int64, ok bool) {
	if s == "" {
		return 0, true
	}
	if len(s) > 4 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// isQuery reports whether s could stand in an address as it is.
func isQuery(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune("\"#<>\\^`{|}", r)
	})
}

func invalidPair(path, detail string) error {
	if len(path) > 64 {
		path = path[:64]
	}
	return &order.Error{Code: order.CodeInvalid, Detail: "the query is not valid",
		Problems: []order.Problem{{Path: path, Detail: detail}}}
}
