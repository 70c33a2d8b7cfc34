package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// setHeaders gives every answer the strictest rules; a page adds its style and
// where its forms may lead to.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy("", Page{}))
	h.Set("X-Frame-Options", "DENY") // for in-app browsers that know no frame-ancestors
	h.Set("X-Content-Type-Options", "nosniff")
	// Not no-referrer: that makes Origin null, which some wallets refuse.
	h.Set("Referrer-Policy", "strict-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Add("Vary", "Accept")
}

// policy is the Content-Security-Policy of a page with one style sheet and at most
// one script in it, both named by their hashes, with forms that lead to its sources
// and a script that asks its sources.
func policy(styleHash string, p Page) string {
	more, action := "", "'none'"
	if styleHash != "" {
		more = "; style-src '" + styleHash + "'"
	}
	if p.Script != "" {
		more += "; script-src '" + hash(string(p.Script)) + "'"
	}
	if len(p.Connect) > 0 {
		more += "; connect-src " + strings.Join(p.Connect, " ")
	}
	if len(p.Images) > 0 {
		more += "; img-src " + strings.Join(p.Images, " ")
	}
	if len(p.Forms) > 0 {
		action = strings.Join(p.Forms, " ")
	}
	return "default-src 'none'" + more + "; form-action " + action + "; base-uri 'none'; frame-ancestors 'none'"
}

// hash names an element of a page by its content.
func hash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
