package web

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
)

// asset is a part of pages that is always the same. Its content is in its name, so
// that a browser may keep it for as long as it likes.
type asset struct {
	Path, Address string
	Integrity     string // W3C Subresource Integrity
	kind, content string
}

func newAsset(base, name, ext, kind, content string) asset {
	sum := sha256.Sum256([]byte(content))
	path := "/assets/" + name + "-" + hex.EncodeToString(sum[:8]) + ext
	return asset{path, base + path, "sha256-" + base64.StdEncoding.EncodeToString(sum[:]), kind, content}
}

// ServeHTTP implements [http.Handler].
func (a asset) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", a.kind)
	h.Set("Content-Length", strconv.Itoa(len(a.content)))
	h.Del("Vary")
	w.Write([]byte(a.content)) // a failing write is not reported: nobody is left to tell
}

// joined is what the files of that ending say, one after the other in the order of
// their names.
func joined(files fs.FS, ending string) (content string, err error) {
	names, err := fs.Glob(files, "*"+ending)
	slices.Sort(names)
	for _, name := range names {
		var data []byte
		if err == nil {
			data, err = fs.ReadFile(files, name)
		}
		content += "\n" + string(data)
	}
	return content, err
}
