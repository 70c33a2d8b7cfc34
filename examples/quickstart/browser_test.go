package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/internal/web/webtest"
)

// The pages that -serve prints take a payment in a browser, from the merchant
// page to the result, by clicking.
func TestServedPagesTakeAPaymentInABrowser(t *testing.T) {
	addresses := served(t)
	for name, c := range map[string]struct {
		merchant string
		fill     map[string]string // fields of the merchant page
		clicks   []string
	}{
		"direct":         {"cafe", nil, []string{"Continue to payment", "Green Pay"}},
		"entered amount": {"busker", map[string]string{"#amount": "12.50"}, []string{"Continue to payment", "Blue Wallet"}},
		"shop": {"teahouse", map[string]string{`[id="q.oolong"]`: "2", `[id="q.cup"]`: "1"},
			[]string{"Review your order", "Confirm order", "Amber Bank"}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := webtest.Browser(t)
			do(t, ctx, "open the merchant page", chromedp.Navigate(addresses[c.merchant]))
			for field, value := range c.fill {
				do(t, ctx, "fill "+field, chromedp.SendKeys(field, value))
			}
			for _, label := range append(c.clicks, "Approve", "Return to") {
				click(t, ctx, label)
			}
			do(t, ctx, "the acquirer's result", chromedp.WaitVisible("//h1[text()='Paid']"))
			at, err := chromedp.Run(ctx, chromedp.Location())
			if err != nil || !strings.HasPrefix(at, "http://acquirer.localhost:") {
				t.Errorf("the payment ends at %s, %v; want the acquirer's result page", at, err)
			}
		})
	}
}

// click presses the button or link with this text, once the page has finished
// loading and nothing on it moves any more. Where a page has it more than once,
// the first is meant.
func click(t *testing.T, ctx context.Context, label string) {
	t.Helper()
	target := fmt.Sprintf("(//button[contains(., %[1]q)] | //a[contains(., %[1]q)])[1]", label)
	do(t, ctx, "find "+label, chromedp.WaitVisible(target))
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](`document.readyState === "complete"`)); err != nil {
		t.Fatalf("load the page with %s: %v", label, err)
	}
	do(t, ctx, "click "+label, chromedp.Click(target))
}

func do(t *testing.T, ctx context.Context, what string, action chromedp.Action[chromedp.Void]) {
	t.Helper()
	acting, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if err := chromedp.Do(acting, action); err != nil {
		at, _ := chromedp.Run(ctx, chromedp.Location())
		text, _ := chromedp.Run(ctx, chromedp.Text("body"))
		t.Fatalf("%s: %v\nat %s:\n%s", what, err, at, text)
	}
}

// served runs the program with -serve until the test ends, and returns the
// addresses that it prints, by merchant.
func served(t *testing.T) map[string]string {
	t.Helper()
	all, stop := serving(t, t.TempDir())
	t.Cleanup(stop)
	return addresses(all)
}

// serving runs the program with -serve in the directory until stop, and returns
// what it prints until it has printed all codes.
func serving(t *testing.T, dir string) (all []console.Line, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"-serve", "-json", "-dir", dir}, nil, w, w)
		w.Close()
	}()
	for s := bufio.NewScanner(r); len(addresses(all)) < 3 && s.Scan(); {
		var l console.Line
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			t.Errorf("%q: %v", s.Text(), err)
		}
		all = append(all, l)
	}
	return all, func() {
		cancel()
		if status := <-done; status != 0 {
			t.Errorf("status %d, want 0", status)
		}
	}
}

// addresses are the codes that were printed, by merchant.
func addresses(all []console.Line) map[string]string {
	found := map[string]string{}
	for _, l := range all {
		if l.Step == "open" {
			_, rest, _ := strings.Cut(l.Detail, "/m/")
			merchant, _, _ := strings.Cut(rest, "?")
			found[merchant] = l.Detail
		}
	}
	return found
}
