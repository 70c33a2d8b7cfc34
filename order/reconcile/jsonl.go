package reconcile

import (
	"slices"
	"strings"
)

// jsonSpelling is JSON lines: each line is an object with the members of its row
// that are not empty, in the order of the columns and without spaces, as
// JSON.stringify writes it.
type jsonSpelling struct{}

func (jsonSpelling) end() string { return "\n" }

func (jsonSpelling) line(to []byte, r *row) []byte {
	to = append(to, '{')
	for column, text := range r {
		if text == "" {
			continue
		}
		if column > 0 {
			to = append(to, ',')
		}
		to = append(append(append(to, '"'), columnNames[column]...), `":`...)
		if number(column) {
			to = append(to, text...)
		} else {
			to = quoted(to, text)
		}
	}
	return append(to, "}\n"...)
}

// quoted appends a JSON string. A text of a row has no control characters.
func quoted(to []byte, text string) []byte {
	to = append(to, '"')
	for i := range len(text) {
		if text[i] == '"' || text[i] == '\\' {
			to = append(to, '\\')
		}
		to = append(to, text[i])
	}
	return append(to, '"')
}

// parse reads what line writes; JSON that is spelled otherwise is told apart from
// none, and refused.
func (jsonSpelling) parse(line string) (r row, err error) {
	rest, ok := strings.CutPrefix(line, "{")
	for ; ok; rest, ok = strings.CutPrefix(rest, ",") {
		if rest, err = r.member(rest); err != nil {
			return r, err
		}
	}
	rest, ok = strings.CutPrefix(rest, "}")
	switch {
	case !ok:
		return r, syntax("is not a JSON object with its members in one line and without spaces, at %.40q", rest)
	case rest != "":
		return r, syntax("goes on after its object: %.40q", rest)
	}
	return r, nil
}

// member takes one member off a line.
func (r *row) member(line string) (rest string, err error) {
	name, rest, err := jsonText(line)
	if err != nil {
		return "", err
	}
	column := slices.Index(columnNames[:], name)
	rest, ok := strings.CutPrefix(rest, ":")
	switch {
	case column < 0:
		return "", syntax("has a member %.40q: there are %s", name, strings.Join(columnNames[:], ", "))
	case !ok:
		err = syntax("has no value: want a colon after its name, and no space")
	case r[column] != "":
		err = syntax("stands twice")
	case number(column):
		end := strings.IndexAny(rest+"}", ",}")
		r[column], rest = rest[:end], rest[end:]
	default:
		r[column], rest, err = jsonText(rest)
	}
	if err != nil {
		return "", &FileError{Column: name, Err: err}
	}
	return rest, nil
}

// jsonText takes a string off a line. Of escapes it has those that line needs.
func jsonText(line string) (text, rest string, err error) {
	if !strings.HasPrefix(line, `"`) {
		return "", "", syntax("is not a JSON string, at %.40q", line)
	}
	for i := 1; i < len(line); i++ {
		switch line[i] {
		case '"':
			text = line[1:i]
			if strings.Contains(text, `\`) {
				text = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(text)
			}
			return text, line[i+1:], nil
		case '\\':
			if i++; i == len(line) || line[i] != '"' && line[i] != '\\' {
				return "", "", syntax(`has an escape that it needs not: want %s and %s alone`, `\"`, `\\`)
			}
		}
	}
	return "", "", syntax("has no closing quote")
}
