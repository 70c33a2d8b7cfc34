package openapi

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"
)

//go:embed openapi.json
var document string

// Document is the OpenAPI 3.1 document as JSON. The caller may keep and change
// it.
func Document() []byte { return []byte(document) }

// Handler serves the document as JSON, whatever the path: put it at
// GET /v1/openapi.json. The answer may be cached for an hour and has an ETag.
func Handler() http.Handler {
	sum := sha256.Sum256([]byte(document))
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "public, max-age=3600")
		h.Set("ETag", tag)
		if strings.Contains(r.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", "application/json")
		h.Set("Content-Length", strconv.Itoa(len(document)))
		io.WriteString(w, document)
	})
}
