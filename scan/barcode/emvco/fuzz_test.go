package emvco_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/scan/barcode/emvco"
)

// Whatever a text says, it is taken apart and written again as it was, or there
// is a typed error with a place in the text, and only where rules are broken a
// payload with it.
func FuzzParse(f *testing.F) {
	for _, text := range published() {
		f.Add(text)
		f.Add(text[:len(text)/2])
		f.Add(text[:len(text)-4])
	}
	for _, text := range []string{promptPay, longCity, longBill, "", signed(good + "61ab10"), signed(good + "64220002ZH0112最佳运输")} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		check(t, text)
		check(t, signed(text)) // which a mutation would not hit upon
	})
}

func check(t *testing.T, text string) {
	t.Helper()
	p, err := emvco.Parse(text)
	places := []emvco.Problem{}
	if err == nil {
		if again, err := p.Text(); err != nil || again != text {
			t.Fatalf("%q is written as %q, %v", text, again, err)
		}
	} else if syntax, ok := errors.AsType[*emvco.SyntaxError](err); ok {
		places = append(places, syntax.Problem)
	} else if checksum, ok := errors.AsType[*emvco.ChecksumError](err); ok {
		places = append(places, emvco.Problem{Path: "63", Offset: checksum.Offset, Detail: checksum.Stated})
	} else if rules, ok := errors.AsType[*emvco.RulesError](err); ok && len(rules.Problems) > 0 {
		places = rules.Problems
	} else {
		t.Fatalf("%q: %T %v", text, err, err)
	}
	for _, at := range places {
		if at.Offset < 0 || at.Offset > len(text) || at.Detail == "" {
			t.Fatalf("%q has no place %+v", text, at)
		}
	}
	if _, broken := err.(*emvco.RulesError); err != nil && !broken && len(p.Objects) > 0 {
		t.Fatalf("%q: %v came with %v", text, err, p)
	}
	if diff := cmp.Diff(p, reread(p)); err == nil && diff != "" {
		t.Fatalf("%q reads otherwise the second time (-want +got):\n%s", text, diff)
	}
	_, _, _, _, _ = p.String(), p.Accounts(), p.Dynamic(), p.Value("62.05"), emvco.Recognize(text)
	p.Minor()
}

// reread is the payload, written and read.
func reread(p emvco.Payload) emvco.Payload {
	text, err := p.Text()
	if err != nil {
		return emvco.Payload{}
	}
	p, _ = emvco.Parse(text)
	return p
}
