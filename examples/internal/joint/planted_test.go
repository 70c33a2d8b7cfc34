package joint

import (
	"context"
	"flag"
	"strconv"
	"testing"

	"github.com/anyscan/anyscan/component"
)

// planted is a mistake beside the servers: between them and their databases,
// components and callers. The zero value is none.
type planted struct {
	numbers func() func(a component.Attempt, begins bool) string
	receive func(ctx context.Context, w *world, name string, n component.Notification) (component.Acknowledgement, error)
	after   func(w *world) // after each step
	died    func(w *world) // a server was killed
}

// fewerChecks sets how many scripts are drawn, unless -rapid.checks does.
func fewerChecks(t *testing.T, n int) {
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if asked {
		return
	}
	if err := flag.Set("rapid.checks", strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
}
