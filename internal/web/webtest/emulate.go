package webtest

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Dark makes the tab one of a person who prefers dark pages, or light ones again.
func Dark(ctx context.Context, t *testing.T, dark bool) {
	t.Helper()
	scheme := &emulation.MediaFeature{Name: "prefers-color-scheme", Value: "light"}
	if dark {
		scheme.Value = "dark"
	}
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{scheme}})
	told(t, err)
}

// ScriptOff makes the tab one that runs no script of a page.
func ScriptOff(ctx context.Context, t *testing.T) {
	t.Helper()
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	told(t, err)
}

// Slow gives the tab the network of a train: so many milliseconds until an answer
// begins, and so many bytes a second.
func Slow(ctx context.Context, t *testing.T, latency, throughput float64) {
	t.Helper()
	_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Latency: latency, DownloadThroughput: throughput, UploadThroughput: throughput}}})
	told(t, err)
}

// Headers adds headers to all that the tab asks for from now on, and no others, as
// an app does for its web view.
func Headers(ctx context.Context, t *testing.T, headers map[string]string) {
	t.Helper()
	all := network.Headers{}
	for name, value := range headers {
		all[name] = value
	}
	_, err := chromedp.Call(ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: all})
	told(t, err)
}

// Agent is what the tab calls itself from now on.
func Agent(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	_, err := chromedp.Call(ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: name})
	told(t, err)
}

func told(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("what was asked of the browser: %v", err)
	}
}
