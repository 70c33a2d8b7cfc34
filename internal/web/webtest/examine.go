package webtest

import (
	"context"
	_ "embed"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/anyscan/anyscan/internal/nodetest"
)

//go:embed examine.js
var examine string

// Axe is the program of axe-core, which finds what keeps people out of a page. Without
// it the test is skipped, unless ANYSCAN_FULL=1 makes that a failure.
func Axe(t *testing.T) string {
	t.Helper()
	return string(nodetest.File(t, "axe-core/axe.min.js")) + ";\n" + examine
}

// Violations are what axe finds in the page of the tab, by all of its rules.
func Violations(ctx context.Context, t *testing.T, axe string) []string {
	t.Helper()
	return found(ctx, t, axe+"\nviolations()", chromedp.EvalAwaitPromise)
}

// Misfits are what a person with a small phone cannot see or touch in the page of the
// tab: what is wider than the window, and what can be tapped and is smaller than 44
// pixels, either way.
func Misfits(ctx context.Context, t *testing.T) []string {
	t.Helper()
	return found(ctx, t, examine+"\nmisfits()")
}

func found(ctx context.Context, t *testing.T, script string, o ...chromedp.EvaluateOption) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	all, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](script, o...))
	if err != nil {
		at, _ := chromedp.Run(ctx, chromedp.Location())
		t.Fatalf("at %s: %v", at, err)
	}
	return all
}
