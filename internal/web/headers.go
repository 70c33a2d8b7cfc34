package web

import (
	"net/http"
	"strings"
)

// setHeaders gives every answer the strictest rules; a page adds its style, its script
// and where its forms may lead to.
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

// policy is the Content-Security-Policy of a page with the site's style sheet and
// script, each named by its whole address, with the site's and the page's pictures,
// forms that lead to the page's sources, and a script that asks the site and those.
func (s *Site) policy(p Page) string {
	if len(s.pictures) > 0 {
		p.Images = append([]string{s.base + assets}, p.Images...)
	}
	return policy("; style-src "+s.style.Address+"; script-src "+s.script.Address+
		"; connect-src "+strings.Join(append([]string{"'self'"}, p.Connect...), " "), p)
}

func policy(more string, p Page) string {
	action := "'none'"
	if len(p.Images) > 0 {
		more += "; img-src " + strings.Join(p.Images, " ")
	}
	if len(p.Forms) > 0 {
		action = strings.Join(p.Forms, " ")
	}
	return "default-src 'none'" + more + "; form-action " + action + "; base-uri 'none'; frame-ancestors 'none'"
}
