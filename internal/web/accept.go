package web

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// PrefersJSON reports whether the answer should be JSON: the request brings
// JSON, or accepts application/json more than text/html, by weight or else by
// naming it where HTML is only meant by a wildcard (RFC 9110 section 12.5.1).
func PrefersJSON(r *http.Request) bool {
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media == "application/json" {
		return true
	}
	json, html := wish{}, wish{}
	for _, line := range r.Header.Values("Accept") {
		for entry := range strings.SplitSeq(line, ",") {
			json.read(entry, "application", "json")
			html.read(entry, "text", "html")
		}
	}
	return json.weight > html.weight || json.weight == html.weight && json.weight > 0 && json.rank > html.rank
}

// wish is how much a media type is wanted, as its most specific range says.
type wish struct {
	rank   int // 1 */*, 2 type/*, 3 type/subtype
	weight float64
}

func (w *wish) read(entry, kind, subtype string) {
	media, params, _ := strings.Cut(entry, ";")
	rank := 0
	switch strings.ToLower(strings.TrimSpace(media)) {
	case "*/*":
		rank = 1
	case kind + "/*":
		rank = 2
	case kind + "/" + subtype:
		rank = 3
	}
	if rank > w.rank {
		*w = wish{rank, weight(params)}
	}
}

// weight is the parameter q; one that cannot be read rules the range out.
func weight(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if !strings.EqualFold(name, "q") {
			continue
		}
		q, err := strconv.ParseFloat(value, 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return 0
		}
		return q
	}
	return 1
}
