package web

import (
	"net/http"
	"strings"
)

// setHeaders gives every answer the strictest rules; a page adds its style and
// where its forms may lead to.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy("", nil))
	h.Set("X-Frame-Options", "DENY") // for in-app browsers that know no frame-ancestors
	h.Set("X-Content-Type-Options", "nosniff")
	// Not no-referrer: that makes Origin null, which some wallets refuse.
	h.Set("Referrer-Policy", "strict-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Add("Vary", "Accept")
}

// policy is the Content-Security-Policy of a page with one style sheet in it,
// named by its hash, and forms that lead to these sources.
func policy(styleHash string, forms []string) string {
	style, action := "", "'none'"
	if styleHash != "" {
		style = "; style-src '" + styleHash + "'"
	}
	if len(forms) > 0 {
		action = strings.Join(forms, " ")
	}
	return "default-src 'none'" + style + "; form-action " + action + "; base-uri 'none'; frame-ancestors 'none'"
}
