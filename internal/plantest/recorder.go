package plantest

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
)

const module = "github.com/anyscan/anyscan/"

// A recorder knows the statements that ran on its stores. It is safe for concurrent use.
type recorder struct {
	mu  sync.Mutex
	ran map[statement]map[place]bool
}

// A statement is a text on a database; dialect is its store's.
type statement struct{ dialect, text string }

// A place is where a statement was handed to database/sql.
type place struct {
	file string // its full name
	line int
}

// note records a statement of ours. It is called on the goroutine that runs it.
func (r *recorder) note(s statement) {
	at, ours := caller()
	if !ours {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ran[s] == nil {
		r.ran[s] = map[place]bool{}
	}
	r.ran[s][at] = true
}

// caller is the innermost place outside of this package and database/sql, and
// whether that is ours and no test's.
func caller() (at place, ours bool) {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		name, inModule := strings.CutPrefix(f.Function, module)
		if !inModule || strings.HasPrefix(name, "internal/plantest.") || strings.HasPrefix(name, "order/store/sqlite.") {
			continue
		}
		// The package's path ends at the first point behind the last slash.
		path, _, _ := strings.Cut(name[strings.LastIndex(name, "/")+1:], ".")
		return place{f.File, f.Line}, !strings.HasSuffix(path, "test") && !strings.HasSuffix(f.File, "_test.go")
	}
	return at, false
}

// statements are those of a dialect, in a fixed order.
func (r *recorder) statements(dialect string) (all []statement) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.ran {
		if s.dialect == dialect {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b statement) int { return strings.Compare(a.text, b.text) })
	return all
}

// where is the places at which a statement was run, for people.
func (r *recorder) where(s statement) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for p := range r.ran[s] {
		all = append(all, fmt.Sprintf("%s:%d", p.file, p.line))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
