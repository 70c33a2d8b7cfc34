package emvco

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	begin   = "000201" // the format indicator, version 01
	end     = "6304"   // ID and length of the checksum, which has four digits
	maxText = 512      // characters of a payload
)

// Recognize says that a text begins like a payload and like no address. The
// text may yet be broken: Parse tells.
func Recognize(text string) bool { return strings.HasPrefix(text, begin) }

// Parse takes the text of a code apart.
//
// Errors: *SyntaxError, *ChecksumError; *RulesError comes with the payload. A
// text that it takes without an error is what [Payload.Text] gives back.
func Parse(text string) (Payload, error) {
	if p := whole(text); p.Detail != "" {
		return Payload{}, &SyntaxError{p}
	}
	if ending(text) {
		at := len(text) - 4
		if want := checksum(text[:at]); !strings.EqualFold(want, text[at:]) {
			return Payload{}, &ChecksumError{at - len(end), text[at:], want}
		}
	}
	list, err := objects(text, characters)
	if err != nil {
		if _, byBytes := objects(text, octets); byBytes == nil {
			err.Detail += "; the lengths fit where they count bytes, and have to count characters"
		}
		return Payload{}, err
	}
	return judged(text, list)
}

// judged is the payload of the objects that the text was taken apart into.
func judged(text string, list []Object) (Payload, error) {
	last := len(list) - 1
	p := Payload{list[:last:last]}
	problems := p.problems()
	if value := list[last].Value; value != strings.ToUpper(value) {
		problems = append(problems, Problem{"63", len(text) - 8, fmt.Sprintf("is %q: want upper case", value)})
	}
	if len(problems) > 0 {
		return p, &RulesError{problems}
	}
	return p, nil
}

// whole is what is wrong with a text before it is taken apart.
func whole(text string) (p Problem) {
	switch {
	case len(text) > maxText*utf8.UTFMax || utf8.RuneCountInString(text) > maxText:
		p.Detail = fmt.Sprintf("has more than %d characters", maxText)
	case !utf8.ValidString(text):
		p.Detail = "is not UTF-8"
	case !Recognize(text):
		p.Path, p.Detail = "00", fmt.Sprintf("begins with %.12q: want %s", text, begin)
	}
	return p
}

// ending says that the text ends like one with a checksum.
func ending(text string) bool {
	at := len(text) - 8
	return at >= len(begin) && text[at:at+4] == end && strings.Trim(text[at+4:], "0123456789ABCDEFabcdef") == ""
}

// measure is how many bytes of a text a length takes.
type measure func(text string, length int) (bytes int, ok bool)

// characters counts code points.
func characters(text string, length int) (bytes int, ok bool) {
	for range length {
		_, size := utf8.DecodeRuneInString(text[bytes:])
		if size == 0 {
			return 0, false
		}
		bytes += size
	}
	return bytes, true
}

// octets counts bytes, as issuers do that have not read the specification.
func octets(text string, length int) (bytes int, ok bool) {
	return length, length <= len(text)
}

// objects takes apart what follows the format indicator. The last one is the
// checksum.
func objects(text string, size measure) ([]Object, *SyntaxError) {
	r := reader{size: size}
	list := r.row("", text[len(begin):], len(begin))
	if last := len(list) - 1; last < 0 || list[last].ID != "63" || len(list[last].Value) != 4 || !ending(text) {
		r.fail("63", len(text), "the text does not end with a checksum: want 6304 and four digits of 0-9 A-F")
	}
	return list, r.problem
}

// reader takes rows of objects apart until the first problem.
type reader struct {
	size    measure
	problem *SyntaxError
}

// row takes apart the objects at a level; at is where they begin.
func (r *reader) row(level, text string, at int) (list []Object) {
	for text != "" && r.problem == nil {
		if len(list) > 0 && level == "" && list[len(list)-1].ID == "63" {
			r.fail("63", at, "is followed by more: want the checksum last")
			return list
		}
		o, bytes := r.object(level, text, at)
		again := slices.ContainsFunc(list, func(other Object) bool { return other.ID == o.ID })
		if again || level == "" && o.ID == "00" {
			r.fail(join(level, o.ID), at, "is there twice: want each object once")
		}
		list = append(list, o)
		text, at = text[bytes:], at+bytes
	}
	return list
}

// object takes the first object off a text.
func (r *reader) object(level, text string, at int) (o Object, bytes int) {
	if len(text) < 4 || strings.Trim(text[:4], "0123456789") != "" {
		r.fail(level, at, fmt.Sprintf("goes on with %.8q: want an object's ID and length, two digits each", text))
		return o, 0
	}
	id, length := text[:2], 10*int(text[2]-'0')+int(text[3]-'0')
	bytes, ok := r.size(text[4:], length)
	if !ok {
		r.fail(join(level, id), at, fmt.Sprintf("wants %d characters, and %d are left", length, utf8.RuneCountInString(text[4:])))
		return o, 0
	}
	o = Object{ID: id, Value: text[4 : 4+bytes]}
	if isTemplate(level, id) {
		o.Value, o.Objects = "", r.row(join(level, id), o.Value, at+4)
	}
	return o, 4 + bytes
}

// fail keeps the first problem.
func (r *reader) fail(path string, at int, detail string) {
	if r.problem == nil {
		r.problem = &SyntaxError{Problem{path, at, detail}}
	}
}

// join is the path of an object at a level.
func join(level, id string) string {
	if level == "" {
		return id
	}
	return level + "." + id
}
