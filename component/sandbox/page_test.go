package sandbox

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/component/sandbox/wallet"
)

// A browser gets a page that works without script and leaks nothing, and is
// sent back to the merchant with 303.
func TestPageForPeople(t *testing.T) {
	l := newLab(t, nil)
	a, action := l.begin(l.attempt())
	page := l.browse(http.MethodGet, pageOf(action), "")
	for name, want := range map[string]string{
		"Content-Type":            "text/html; charset=utf-8",
		"Cache-Control":           "no-store",
		"Referrer-Policy":         "strict-origin",
		"Vary":                    "Accept",
		"X-Content-Type-Options":  "nosniff",
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self' https://gateway.test; base-uri 'none'; frame-ancestors 'none'",
	} {
		if got := page.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, want := range []string{
		`<html lang="en">`, `<meta name="viewport"`, "Pay Corner &lt;shop&gt;", "12.30 CNY", "Two teas &amp; a bun",
		`value="approve">Approve<`, `value="decline">Decline<`, `value="slow">Approve slowly<`,
		`value="lost">Approve, but lose the notification<`, `value="unknown">Leave unknown for a while<`,
	} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if regexp.MustCompile(`(?i)<script|javascript:|\son\w+=|style=`).MatchString(page.body) {
		t.Error("the page has script or inline style")
	}
	if css := l.browse(http.MethodGet, l.base+"/style.css", ""); css.StatusCode != http.StatusOK || !strings.HasPrefix(css.Header.Get("Content-Type"), "text/css") {
		t.Errorf("the style is %s %s", css.Status, css.Header.Get("Content-Type"))
	}
	back := l.browse(http.MethodPost, pageOf(action), "decision=approve")
	want := a.ReturnAddress + "&number=" + a.ID + "&result=succeeded"
	if back.StatusCode != http.StatusSeeOther || back.Header.Get("Location") != want {
		t.Errorf("after the decision: %s to %q, want 303 to %q", back.Status, back.Header.Get("Location"), want)
	}
	if got := back.Header.Get("Referrer-Policy"); got != "strict-origin" {
		t.Errorf("the way back has the referrer policy %q", got)
	}
}

// After a decision the page has no buttons, says what is so, and leads back.
func TestPageAfterDecision(t *testing.T) {
	for button, heading := range map[wallet.Decision]string{
		wallet.Approve: "<h1>Paid</h1>", wallet.Decline: "<h1>Not paid</h1>",
		wallet.Slow: "<h1>Under way</h1>", wallet.Unknown: "<h1>Under way</h1>",
	} {
		l := newQuietLab(t, nil)
		_, action := l.begin(l.attempt())
		if _, err := l.press(action, button); err != nil {
			t.Fatal(err)
		}
		page := l.browse(http.MethodGet, pageOf(action), "")
		if !strings.Contains(page.body, heading) || strings.Contains(page.body, "<button") || !strings.Contains(page.body, `href="https://gateway.test/return?t=1&amp;number=`) {
			t.Errorf("after %s the page is\n%s", button, page.body)
		}
	}
}

// Looking changes nothing, however often and by whatever looks.
func TestLookingChangesNothing(t *testing.T) {
	l := newLab(t, nil)
	a, action := l.begin(l.attempt())
	first := l.browse(http.MethodGet, pageOf(action), "")
	l.browse(http.MethodHead, pageOf(action), "")
	if again := l.browse(http.MethodGet, pageOf(action), ""); again.body != first.body {
		t.Error("the page changed by being looked at")
	}
	if l.charges(a.ID) != 0 {
		t.Error("looking charged the payer")
	}
}

// What is malformed or leads nowhere is refused with a page, and decides nothing.
func TestPageRefusals(t *testing.T) {
	l := newLab(t, nil)
	a, action := l.begin(l.attempt())
	for _, c := range []struct {
		method, address, form string
		status                int
	}{
		{http.MethodGet, l.base + "/pay/NOSUCHTOKEN", "", http.StatusNotFound},
		{http.MethodPost, l.base + "/pay/NOSUCHTOKEN", "decision=approve", http.StatusNotFound},
		{http.MethodPost, pageOf(action), "", http.StatusBadRequest},
		{http.MethodPost, pageOf(action), "decision=steal", http.StatusBadRequest},
		{http.MethodPost, pageOf(action), "decision=approve&decision=decline", http.StatusBadRequest},
		{http.MethodPost, pageOf(action), "decision=%zz", http.StatusBadRequest},
		{http.MethodPost, pageOf(action), "decision=approve&x=" + strings.Repeat("x", 20000), http.StatusRequestEntityTooLarge},
		{http.MethodPut, pageOf(action), "decision=approve", http.StatusMethodNotAllowed},
	} {
		got := l.browse(c.method, c.address, c.form)
		if got.StatusCode != c.status {
			t.Errorf("%s %.60q got %s, want %d", c.method, c.form, got.Status, c.status)
		}
		if c.status != http.StatusMethodNotAllowed && !strings.Contains(got.body, `role="alert"`) {
			t.Errorf("%s %.60q: no word of what was wrong:\n%s", c.method, c.form, got.body)
		}
	}
	if e := l.query(a); e.Outcome != "pending" {
		t.Errorf("a refused request decided the payment: %q", e.Outcome)
	}
}

// The same address gives a program JSON, and only to one that asks for it.
func TestPageForPrograms(t *testing.T) {
	for accept, want := range map[string]bool{
		"application/json":                          true,
		"application/json, text/plain;q=0.5":        true,
		"text/html, application/json;q=0.5":         false,
		"text/html,application/xhtml+xml,*/*;q=0.8": false,
		"*/*": false,
		"":    false,
	} {
		r := &http.Request{Header: http.Header{"Accept": {accept}}}
		if got := wantsJSON(r); got != want {
			t.Errorf("Accept %q is a program: %v, want %v", accept, got, want)
		}
	}
}
