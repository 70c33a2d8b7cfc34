package reconcile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/nodetest"
)

// sum is one of the totals as the programs below print it.
type sum struct {
	Count int64 `json:"count"`
	Gross int64 `json:"gross"`
	Fee   int64 `json:"fee"`
	Net   int64 `json:"net"`
}

// peersFile is a file with entries that need care, and what they come to.
func peersFile(t *testing.T, f Format) (raw []byte, want map[string]sum) {
	t.Helper()
	h := testHeader(t)
	var all []Entry
	want = map[string]sum{}
	for n, reference := range []string{"B-1", `=HYPERLINK("x")`, "'=1", `a","b`, `\"`, "x;=1", "ä 中 😀", "-1", "@a", `"`, "</script>&"} {
		e := testEntry(h.Period, n+1)
		e.Reference = reference
		all = append(all, e)
		for _, name := range []string{string(e.Kind) + "s", "all"} {
			s := want[e.Currency+" "+name]
			want[e.Currency+" "+name] = sum{s.Count + 1, s.Gross + e.Gross, s.Fee + e.Fee, s.Net + e.Gross - e.Fee}
		}
	}
	return written(t, f, h, all...), want
}

func sameSums(t *testing.T, who string, out []byte, want map[string]sum) {
	t.Helper()
	var got map[string]sum
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%s: %v in %s", who, err, out)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s adds up otherwise (-want +got):\n%s", who, diff)
	}
}

// A program in another language, which shares no code with this package, reads
// both formats, comes to the same totals, and verifies the signature.
func TestNodeReadsAndVerifiesFiles(t *testing.T) {
	key := fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","x":%q}`, base64.RawURLEncoding.EncodeToString(testKey()[32:]))
	for _, f := range formats() {
		raw, want := peersFile(t, f)
		sameSums(t, "Node.js on "+string(f), nodetest.Script(t, raw, "testdata/verify.mjs", string(f), key), want)
	}
}

func TestPythonAddsUpTheTable(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil && os.Getenv("ANYSCAN_FULL") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip("needs python3: ", err)
	}
	raw, want := peersFile(t, CSV)
	cmd := exec.CommandContext(t.Context(), python, "testdata/totals.py")
	cmd.Stdin = bytes.NewReader(raw)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	sameSums(t, "Python", out, want)
}
