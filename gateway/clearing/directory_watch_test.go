package clearing_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
)

// A watcher is a directory that follows a file.
type watcher struct {
	*testing.T
	file      string
	directory *clearing.Directory
	log       logbook
}

// look lets the watch look at the file once more, and answers with what the
// log says since the last time.
func (w *watcher) look() string {
	w.log.take()
	time.Sleep(3 * time.Second)
	synctest.Wait()
	return w.log.take()
}

// writes puts content in place of the file.
func (w *watcher) writes(content string) {
	w.Helper()
	draft := w.file + ".new"
	if err := errors.Join(os.WriteFile(draft, []byte(content), 0o600), os.Rename(draft, w.file)); err != nil {
		w.Fatal(err)
	}
}

func (w *watcher) names() string {
	var names []string
	for _, name := range []string{"north", "south"} {
		if _, ok := w.directory.Acquirer(name); ok {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

func watch(t *testing.T, check func(*watcher)) {
	synctest.Test(t, func(t *testing.T) {
		w := &watcher{T: t, file: filepath.Join(t.TempDir(), "acquirers.json"), directory: newDirectory(t)}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- clearing.WatchDirectory(ctx, w.directory, w.file, &clearing.WatchOptions{Logger: slog.New(slog.NewTextHandler(&w.log, nil))})
		}()
		synctest.Wait()
		check(w)
		stop()
		if err := <-ended; err != nil {
			t.Errorf("watching ends with %v", err)
		}
	})
}

// The directory is as the file says, a moment after it was written.
func TestWatchDirectory(t *testing.T) {
	watch(t, func(w *watcher) {
		var got []string
		for _, content := range []string{`{"acquirers": [{"name": "north"}]}`, `{"acquirers": [{"name": "south"}]}`, `{"acquirers": []}`,
			`{"acquirers": [{"name": "north"}, {"name": "south"}]}`} {
			w.writes(content)
			if log := w.look(); !strings.Contains(log, "level=INFO") {
				t.Errorf("%s: the log says %q", content, log)
			}
			got = append(got, w.names())
			if log := w.look(); log != "" {
				t.Errorf("the same again: the log says %q", log)
			}
		}
		if diff := cmp.Diff([]string{"north", "south", "", "north south"}, got); diff != "" {
			t.Errorf("the directory differs (-want +got):\n%s", diff)
		}
	})
}

// A file that changed again right after it was read is not overlooked, although
// a file system that counts in seconds tells the same size and time of it.
func TestWatchSeesAChangeWithinOneStepOfTime(t *testing.T) {
	watch(t, func(w *watcher) {
		time.Sleep(2 * time.Second)
		changed := time.Now()
		writes := func(name string) {
			w.writes(`{"acquirers": [{"name": "` + name + `"}]}`)
			if err := os.Chtimes(w.file, changed, changed); err != nil {
				t.Fatal(err)
			}
		}
		writes("north")
		time.Sleep(time.Second) // now it is read
		synctest.Wait()
		if got := w.names(); got != "north" {
			t.Fatalf("the directory has %q", got)
		}
		writes("south")
		if w.look(); w.names() != "south" {
			t.Errorf("the directory has %q", w.names())
		}
	})
}

// A file that cannot be used changes nothing and is logged once, until it
// changes.
func TestWatchKeepsTheOldDirectory(t *testing.T) {
	watch(t, func(w *watcher) {
		w.writes(`{"acquirers": [{"name": "north"}]}`)
		w.look()
		for content, want := range map[string]string{
			`{"acquirers": [{"name":`:           "is not JSON",
			`{"acquirers": [], "acquirer": []}`: "/acquirer",
			`{"acquirers": {"name": "south"}}`:  "/acquirers is not a list",
		} {
			w.writes(content)
			if log := w.look(); strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, want) {
				t.Errorf("%s: the log says %q", content, log)
			}
			if log := w.look(); log != "" || w.names() != "north" {
				t.Errorf("%s: the log goes on with %q, the directory has %q", content, log, w.names())
			}
		}
		if err := os.Remove(w.file); err != nil {
			t.Fatal(err)
		}
		if log := w.look(); !strings.Contains(log, "no such file") || w.names() != "north" {
			t.Errorf("without a file: the log says %q, the directory has %q", log, w.names())
		}
		w.writes(`{"acquirers": [{"name": "south"}]}`)
		if w.look(); w.names() != "south" {
			t.Errorf("mended: the directory has %q", w.names())
		}
	})
}

// One entry that is not valid is logged once, and holds back neither what another
// is given nor that one is removed; mended, it counts.
func TestWatchTakesOverEntryByEntry(t *testing.T) {
	watch(t, func(w *watcher) {
		w.writes(`{"acquirers": [{"name": "north"}, {"name": "south"}, {"name": "east"}]}`)
		w.look()
		w.writes(`{"acquirers": [{"name": "north", "disabled": true}, {"name": "south", "disabled": "it left"}, {"name": "west"}]}`)
		log := w.look()
		if strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, "/acquirers/0/disabled is not a string") || !strings.Contains(log, "2 acquirers of ") {
			t.Errorf("the log says %q", log)
		}
		want := map[string]string{"north": "", "south": "it left", "west": ""}
		got := map[string]string{}
		for _, a := range clearing.List(w.directory) {
			got[a.Name] = a.Disabled
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the directory differs (-want +got):\n%s", diff)
		}
		if log := w.look(); log != "" {
			t.Errorf("the log goes on with %q", log)
		}
		w.writes(`{"acquirers": [{"name": "north", "disabled": "it left too"}]}`)
		log = w.look()
		if a, _ := w.directory.Acquirer("north"); a.Disabled == "" || known(w.directory, "south") || strings.Contains(log, "ERROR") {
			t.Errorf("mended: %+v, the log says %q", a, log)
		}
	})
}

func TestWatchRefusesANegativeInterval(t *testing.T) {
	err := clearing.WatchDirectory(t.Context(), newDirectory(t), "x", &clearing.WatchOptions{Interval: -1})
	if !errors.Is(err, order.CodeInvalid) {
		t.Errorf("the error is %v", err)
	}
}
