// Package webtest lets the tests of pages open them in a browser, and serves
// handlers at addresses that a browser reaches.
package webtest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const chromium = "/usr/bin/chromium"

// Browser is a tab of a headless Chromium of its own, for chromedp. Without
// Chromium the test is skipped, unless ANYSCAN_FULL=1 makes that a failure. With
// -short, as the race detector runs, it is skipped as well: a browser takes long,
// and Go clients send the servers the same requests in other tests.
func Browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("short: a browser takes long")
	}
	if _, err := os.Stat(chromium); err != nil {
		if os.Getenv("ANYSCAN_FULL") == "1" {
			t.Fatalf("ANYSCAN_FULL=1, but %s is missing", chromium)
		}
		t.Skipf("%s is missing; ANYSCAN_FULL=1 makes this a failure", chromium)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()))
	for _, name := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync"} {
		options = append(options, chromedp.Flag(name, true))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	ctx, cancelAllocator := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancelAllocator)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(cancelTab)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

// Tab is one more tab of the browser, as a person opens them side by side.
func Tab(ctx context.Context, t *testing.T) context.Context {
	t.Helper()
	return tab(ctx, t)
}

// Person is a tab of somebody else, who shares the browser's program and nothing of
// what it keeps. Their connections end with the test.
func Person(ctx context.Context, t *testing.T) context.Context {
	t.Helper()
	return tab(ctx, t, chromedp.WithNewBrowserContext())
}

func tab(ctx context.Context, t *testing.T, o ...chromedp.ContextOption) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewContext(ctx, o...)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("no other tab: %v", err)
	}
	return ctx
}

// Serve serves the handler that newHandler makes for its own address, such as
// http://acquirer.localhost:41234, at that address on a socket.
func Serve(t *testing.T, name string, newHandler func(base string) http.Handler) (base string) {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	base = "http://" + name + ".localhost:" + port
	s.Config.Handler = newHandler(base)
	s.Start()
	t.Cleanup(s.Close)
	return base
}

// Do performs the steps in the tab.
func Do(ctx context.Context, t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// At waits for an element and fails unless the page with it is at an address
// that begins so.
func At(ctx context.Context, t *testing.T, element, prefix string) {
	t.Helper()
	waiting, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	err := chromedp.Do(waiting, chromedp.WaitReady(chromedp.CSS(element)))
	here, _ := chromedp.Run(ctx, chromedp.Location())
	if err != nil || !strings.HasPrefix(here, prefix) {
		t.Fatalf("the browser is at %s, not at %s with %s: %v", here, prefix, element, err)
	}
}
