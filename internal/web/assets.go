package web

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	assets     = "/assets/"
	maxPicture = 16 << 10 // bytes
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
	path := assets + name + "-" + hex.EncodeToString(sum[:8]) + ext
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

// hang takes the pictures.
func (s *Site) hang(pictures fs.FS) error {
	s.pictures = map[string]asset{}
	if pictures == nil {
		return nil
	}
	var errs []error
	for ending, kind := range map[string]string{".svg": "image/svg+xml", ".png": "image/png"} {
		names, err := fs.Glob(pictures, "*"+ending)
		errs = append(errs, err)
		for _, file := range names {
			content, err := fs.ReadFile(pictures, file)
			name := strings.TrimSuffix(file, ending)
			switch _, twice := s.pictures[name]; {
			case err == nil && len(content) > maxPicture:
				err = fmt.Errorf("the picture %s has %d bytes: at most %d", file, len(content), maxPicture)
			case err == nil && (twice || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != ""):
				err = fmt.Errorf("the picture %s stands twice, or its name is not of a-z 0-9 -", file)
			}
			errs = append(errs, err)
			s.pictures[name] = newAsset(s.base, name, ending, kind, string(content))
		}
	}
	return errors.Join(errs...)
}

// Picture is the address of the first of the pictures that is there; "" for none.
func (s *Site) Picture(names ...string) string {
	for _, name := range names {
		if a, ok := s.pictures[name]; ok {
			return a.Address
		}
	}
	return ""
}
