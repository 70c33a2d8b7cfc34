package wire

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseInput(t *testing.T) {
	const header = `sig1=("@status" "content-digest" "signature";req;key="sig1");created=0;keyid="k";tag="t"`
	got, err := parseInput("sig1", header)
	want := input{
		covered: []component{{name: "@status"}, {name: "content-digest"}, {name: "signature", req: true, key: "sig1"}},
		params:  []param{{name: "created", int: true}, {name: "keyid", text: "k"}, {name: "tag", text: "t"}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(input{}, component{}, param{})); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if back := "sig1=" + got.String(); back != header {
		t.Errorf("written again it is %s", back)
	}
	if in, err := parseInput("sig1", "sig1=()"); err != nil || in.String() != "()" {
		t.Errorf("nothing covered: %v, %v", in, err)
	}
}

// One label, one spelling: what a peer could read in two ways is refused.
func TestParseInputRefuses(t *testing.T) {
	for name, header := range map[string]string{
		"empty":             ``,
		"other label":       `sig2=("@method");created=1`,
		"two labels":        `sig1=("@method");created=1, sig2=("@method");created=1`,
		"a label twice":     `sig1=("@method");created=1, sig1=("@path");created=1`,
		"no list":           `sig1="@method";created=1`,
		"not closed":        `sig1=("@method"`,
		"no spaces":         `sig1=("@method""@path")`,
		"two spaces":        `sig1=("@method"  "@path")`,
		"inner padding":     `sig1=( "@method" )`,
		"a token":           `sig1=(@method)`,
		"a component twice": `sig1=("@method" "@method")`,
		"other order":       `sig1=("signature";key="sig1";req)`,
		"req twice":         `sig1=("signature";req;req)`,
		"another parameter": `sig1=("content-digest";sf)`,
		"a value for req":   `sig1=("@method";req=?0)`,
		"an empty name":     `sig1=("")`,
		"an escape":         `sig1=("@me\thod")`,
		"a line end":        "sig1=(\"@method\n\")",
		"a parameter twice": `sig1=();created=1;created=2`,
		"leading zero":      `sig1=();created=01`,
		"negative":          `sig1=();created=-1`,
		"a decimal":         `sig1=();created=1.5`,
		"too many digits":   `sig1=();created=1234567890123456`,
		"a flag":            `sig1=();created`,
		"spaced":            `sig1=(); created=1`,
		"upper case":        `sig1=();Created=1`,
		"an open string":    `sig1=();keyid="a`,
		"a quote inside":    `sig1=();keyid="a\"b"`,
		"trailing":          `sig1=();created=1 `,
		"too long":          `sig1=();keyid="` + strings.Repeat("k", maxInput) + `"`,
	} {
		if in, err := parseInput("sig1", header); err == nil {
			t.Errorf("%s: took %s as %s", name, header, in)
		}
	}
}

// What is taken has one spelling, the one that was signed.
func FuzzParseInput(f *testing.F) {
	for _, s := range []string{
		`sig1=("@method" "@target-uri" "content-digest" "idempotency-key");created=1618884473;keyid="k";tag="anyscan"`,
		`sig1=("@status" "content-digest" "signature";req;key="sig1");created=1`, `sig1=()`, `sig1=("a";key="b";req)`,
		`sig1=("a" "a")`, `sig1=();created=00`, `sig1=();a="\""`, `sig1=("a"), sig2=("b")`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		in, err := parseInput("sig1", header)
		if err == nil && "sig1="+in.String() != header {
			t.Fatalf("%q was read as %q", header, in)
		}
	})
}
