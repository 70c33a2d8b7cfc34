//go:build !unix || solaris || aix

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// lock keeps other quickstarts out of dir until unlock. After a crash the file
// has to be removed by hand.
func lock(dir string) (unlock func() error, err error) {
	file := filepath.Join(dir, "lock")
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s is in use by another quickstart (if none runs, remove %s)", dir, file)
	}
	if err != nil {
		return nil, err
	}
	return func() error { return errors.Join(f.Close(), os.Remove(file)) }, nil
}
