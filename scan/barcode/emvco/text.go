package emvco

import (
	"fmt"
	"unicode/utf8"
)

// Text is what a code says for the payload: the format indicator, the objects
// in their order, and the checksum. A payload that the specification does not
// allow is a *RulesError. Parse gives the payload back.
func (p Payload) Text() (string, error) {
	problems := p.problems()
	text := begin + written(p.Objects) + end
	if n := utf8.RuneCountInString(text) + 4; n > maxText {
		problems = append(problems, Problem{"", 0, fmt.Sprintf("has %d characters: at most %d", n, maxText)})
	}
	if len(problems) > 0 {
		return "", &RulesError{problems}
	}
	return text + checksum(text), nil
}

// written is a row of objects as text.
func written(list []Object) (text string) {
	for _, o := range list {
		value := o.Value + written(o.Objects)
		text += fmt.Sprintf("%s%02d%s", o.ID, utf8.RuneCountInString(value), value)
	}
	return text
}
