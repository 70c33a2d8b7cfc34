package sheet

import (
	"testing"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/shaping"
	"github.com/google/go-cmp/cmp"
)

// Runs are seen in the order of Unicode Standard Annex 9. Each want is what it gives
// from the left, run by run.
func TestOrderOfRuns(t *testing.T) {
	for text, want := range map[string][]string{
		"Café Bar":          {"Café Bar"},
		"קפה":               {"קפה"},
		"Café קפה 24 תה":    {"Café ", " תה", "24", "קפה "},
		"Café קפה 24 Bar":   {"Café ", "24", "קפה ", " Bar"},
		"Café קפה 24":       {"Café ", "24", "קפה "},
		"Café קפה 1,50 Bar": {"Café ", "1,50", "קפה ", " Bar"},
		"Café קפה 24. Bar":  {"Café ", "24", "קפה ", ". Bar"},
		"Café קפה 20% Bar":  {"Café ", "20%", "קפה ", " Bar"},
		"Café مقهى 20% Bar": {"Café ", "20", "مقهى ", "% Bar"},
		"Café קפה & Bar 24": {"Café ", "קפה", " & Bar 24"},
		"Café קפה $5 Bar":   {"Café ", "$5", "קפה ", " Bar"},
		"24 קפה":            {" קפה", "24"},
		"קפה 24 Bar תה":     {" תה", "Bar", " ", "24", "קפה "},
	} {
		runes := []rune(text)
		_, regular, err := loadFaces(nil)
		if err != nil {
			t.Fatal(err)
		}
		in := shaping.Input{Text: runes, RunEnd: len(runes), Direction: direction(runes)}
		var segmenter shaping.Segmenter
		parts := segmenter.Split(in, regular)
		levels := resolve(in.Direction, runes, parts)
		var line shaping.Line
		for _, run := range levels.split(parts) {
			line = append(line, shaping.Output{Direction: run.Direction, Runes: shaping.Range{Offset: run.RunStart, Count: run.RunEnd - run.RunStart}})
		}
		var got []string
		last := -1
		for _, run := range levels.sort(line) {
			part := string(runes[run.Runes.Offset : run.Runes.Offset+run.Runes.Count])
			switch level := levels.of(run); {
			case level != last:
				got = append(got, part)
			case run.Direction == di.DirectionRTL: // cut by script
				got[len(got)-1] = part + got[len(got)-1]
			default:
				got[len(got)-1] += part
			}
			last = levels.of(run)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}
