package joint

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// A step is one thing that happens. What A, B and C choose, each of 0 to 7, is the
// operation's; one that finds nothing to choose from does nothing.
type step struct {
	Do      string
	A, B, C int
}

func (s step) String() string { return fmt.Sprintf("%s %d %d %d", s.Do, s.A, s.B, s.C) }

// A script prints as what to repeat.
type script []step

func (s script) String() string {
	var text strings.Builder
	for i, step := range s {
		fmt.Fprintf(&text, "%3d %v\n", i+1, step)
	}
	return text.String()
}

// scripts draws short and long scripts: what breaks a rule shrinks to a short one.
func scripts() *rapid.Generator[script] { return rapid.OneOf(steps(1, 60), long(), long(), long()) }

// long draws scripts in which something comes about.
func long() *rapid.Generator[script] { return steps(60, 150) }

// steps draws the frequent ones more often.
func steps(least, most int) *rapid.Generator[script] {
	var names []string
	for name, o := range operations() {
		for range o.weight {
			names = append(names, name)
		}
	}
	// A map has no order, and equal draws are equal scripts.
	slices.Sort(names)
	choice := rapid.IntRange(0, 7)
	one := rapid.Custom(func(t *rapid.T) step {
		return step{rapid.SampledFrom(names).Draw(t, "do"), choice.Draw(t, "a"), choice.Draw(t, "b"), choice.Draw(t, "c")}
	})
	return rapid.Map(rapid.SliceOfN(one, least, most), func(s []step) script { return s })
}
