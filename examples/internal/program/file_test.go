package program

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAFileIsWrittenWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "code.png")
	broken := errors.New("disk full")
	for _, c := range []struct {
		text string
		err  error
		want string
	}{{"first", nil, "first"}, {"sec", broken, "first"}, {"third", nil, "third"}} {
		err := WriteFile(file, func(w *os.File) error { w.WriteString(c.text); return c.err })
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", c.text, err, c.err)
		}
		if got, err := os.ReadFile(file); string(got) != c.want || err != nil {
			t.Errorf("%s: the file holds %q, %v; want %q", c.text, got, err, c.want)
		}
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if diff := cmp.Diff([]string{file}, names); err != nil || diff != "" {
		t.Errorf("drafts are left: %v %s", err, diff)
	}
}
