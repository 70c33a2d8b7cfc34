package program

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// OwnFile reads a file with secrets, or makes it at first use with what fresh
// gives, readable by its owner alone. Programs that start at once end up with the
// same content. A file that others can use or could have planted is refused; the
// error names it.
func OwnFile(file string, fresh func() ([]byte, error)) ([]byte, error) {
	if err := checkOwn(file); err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err := writeNew(file, fresh); err != nil {
			return nil, fmt.Errorf("making keys: %w", err)
		}
		raw, err = os.ReadFile(file)
	}
	if err != nil {
		return nil, fmt.Errorf("reading keys: %w", err)
	}
	return raw, nil
}

// checkOwn refuses keys that others can read or could have planted. Where files
// have no such permissions, nothing is known.
func checkOwn(file string) error {
	info, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("reading keys: %w", err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a file of its own", file)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("%s can be used by others (%v): chmod 600, or remove it to get new keys", file, info.Mode().Perm())
	}
	return nil
}

// writeNew makes the file whole or not at all; whoever comes second keeps the
// first one's keys.
func writeNew(file string, fresh func() ([]byte, error)) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	raw, err := fresh()
	if err != nil {
		return err
	}
	draft, err := os.CreateTemp(dir, "keys-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(raw)
	if err := errors.Join(err, draft.Close()); err != nil {
		return err
	}
	if err := os.Link(draft.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// WriteFile makes the file whole or not at all: whoever reads it meanwhile
// reads the old one.
func WriteFile(file string, write func(*os.File) error) error {
	draft, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+"-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	err = errors.Join(write(draft), draft.Close())
	if err == nil {
		err = os.Rename(draft.Name(), file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", file, err), os.Remove(draft.Name()))
	}
	return nil
}
