package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/examples/local"
)

// directory is where files go: dir, which no other quickstart uses until
// release, or one that release removes.
func directory(dir string) (place string, release func() error, err error) {
	if dir == "" {
		place, err = os.MkdirTemp("", "anyscan-quickstart-*")
		return place, func() error { return os.RemoveAll(place) }, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, err
	}
	release, err = lock(dir)
	return dir, release, err
}

// keyCache keeps the keys of runs without -dir, so that a picture of a code
// from an earlier run can be paid with -image.
func keyCache() (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "anyscan-quickstart"), err
}

// loadKeys loads the keys of wanted, the -dir of the command line, or those of
// the user's cache. Where the cache cannot be used, they live in the run's own
// directory, and note says so.
func loadKeys(wanted, own string, note func(format string, args ...any)) (*local.Keys, error) {
	if wanted != "" {
		return local.LoadKeys(wanted)
	}
	cache, err := keyCache()
	var keys *local.Keys
	if err == nil {
		keys, err = local.LoadKeys(cache)
		if !unusable(err) {
			return keys, err
		}
	}
	note("The keys are for this run alone: %s\n", console.Printable(err.Error()))
	return local.LoadKeys(own)
}

// unusable reports that the file system refused, rather than that the keys are
// damaged.
func unusable(err error) bool {
	_, path := errors.AsType[*fs.PathError](err)
	_, link := errors.AsType[*os.LinkError](err)
	return path || link
}
