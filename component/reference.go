package component

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/order"
)

// Reference is a catalogue as a document in Markdown: for each component what it can
// do, its settings and its parameters, as tables made of their schemas. Equal
// catalogues make equal documents.
func Reference(entries []Entry) string {
	var b strings.Builder
	for i, e := range entries {
		if i > 0 {
			b.WriteString("\n")
		}
		e.write(&b)
	}
	return b.String()
}

func (e Entry) write(b *strings.Builder) {
	fmt.Fprintf(b, "## %s\n\n", e.Kind)
	fmt.Fprintf(b, "| | |\n| --- | --- |\n")
	row := func(what, said string) {
		if said != "" {
			fmt.Fprintf(b, "| %s | %s |\n", what, cell(said))
		}
	}
	row("version of the parameters", e.Version)
	row("actions", joined(e.Actions))
	row("abilities", joined(e.Abilities))
	row("currencies", strings.Join(e.Currencies, ", "))
	var amounts []string
	for _, l := range e.Limits {
		amounts = append(amounts, l.words())
	}
	row("amounts", strings.Join(amounts, "; "))
	row("scanning apps, only", strings.Join(e.Apps.Only, ", "))
	row("scanning apps, not", strings.Join(e.Apps.Not, ", "))
	writeTable(b, "Settings", e.Settings)
	writeTable(b, "Parameters", e.Schema)
}

func joined[T ~string](words []T) string {
	var all []string
	for _, w := range words {
		all = append(all, string(w))
	}
	return strings.Join(all, ", ")
}

func (l Limit) words() string {
	from := order.Money{Amount: l.Min, Currency: l.Currency}
	if l.Max == 0 {
		return fmt.Sprintf("from %s", from)
	}
	return fmt.Sprintf("%s to %s", from.Decimal(), order.Money{Amount: l.Max, Currency: l.Currency})
}

func writeTable(b *strings.Builder, what string, s *jsonschema.Schema) {
	if s == nil {
		return
	}
	fmt.Fprintf(b, "\n%s:\n\n| name | | form | example |\n| --- | --- | --- | --- |\n", what)
	writeRows(b, s, "")
}

// writeRows writes a row for each property, those of inner objects below them by their
// whole path. Required ones come first, in the order of the schema.
func writeRows(b *strings.Builder, s *jsonschema.Schema, under string) {
	for _, name := range propertyOrder(s) {
		p := s.Properties[name]
		form := shape(p)
		if slices.Contains(s.Required, name) {
			form += ", required"
		}
		if p.WriteOnly || p.Items != nil && p.Items.WriteOnly {
			form += ", secret"
		}
		about := p.Title
		if about == "" {
			about = p.Description
		}
		example := ""
		if len(p.Examples) > 0 {
			example = "`" + asJSON(p.Examples[0]) + "`"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", cell(under+name), cell(about), cell(form), cell(example))
		writeRows(b, p, under+name+".")
		if p.Items != nil {
			writeRows(b, p.Items, under+name+"[].")
		}
	}
}

func propertyOrder(s *jsonschema.Schema) []string {
	names := slices.Clone(s.Required)
	for _, name := range sorted(s.Properties) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// shape is what a value has to look like, in a few words.
func shape(s *jsonschema.Schema) string {
	words := []string{s.Type}
	if s.Type == "" {
		words = s.Types
	}
	if s.Type == "array" && s.Items != nil {
		words = []string{"array of " + shape(s.Items)}
	}
	if len(s.Enum) > 0 {
		var all []string
		for _, e := range s.Enum {
			all = append(all, asJSON(e))
		}
		words = []string{"one of " + strings.Join(all, ", ")}
	}
	for _, more := range []struct {
		form string
		has  bool
		what any
	}{
		{"%v", s.Format != "", s.Format}, {"`%v`", s.Pattern != "", s.Pattern}, {"at least %v long", deref(s.MinLength) > 1, deref(s.MinLength)},
		{"from %v", s.Minimum != nil, deref(s.Minimum)}, {"to %v", s.Maximum != nil, deref(s.Maximum)}, {"default %s", s.Default != nil, string(s.Default)},
	} {
		if more.has {
			words = append(words, fmt.Sprintf(more.form, more.what))
		}
	}
	return strings.Join(words, ", ")
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func asJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

// cell is text for a cell of a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s)
}
