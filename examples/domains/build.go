package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/verify/domaindb"
	"github.com/anyscan/anyscan/verify/domaindb/lookalike"
)

const keyName = "DOMAINS_KEY"

func (f *flags) key() (ed25519.PrivateKey, error) { return program.SigningKey(f.keys, keyName) }

func (f *flags) printKey(out io.Writer) error {
	key, err := f.key()
	if err != nil {
		return err
	}
	return program.PrintPublic(out, key)
}

// build writes the file and what a person should look at.
func (f *flags) build(out io.Writer, now time.Time) error {
	key, err := f.key()
	if err != nil {
		return err
	}
	rules, err := os.Open(f.rules)
	if err != nil {
		return err
	}
	defer rules.Close()
	info, err := f.write(rules, domaindb.Edition{Version: uint64(now.Unix()), FreshUntil: now.AddDate(0, 0, f.days)}, key)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "file    %s\nnames   %d\nversion %d\nuntil   %s\n", f.out, info.Names, info.Version, info.FreshUntil.Format(time.RFC3339))
	if err != nil {
		return err
	}
	return alike(out, rules)
}

// write puts the file in its place when it is whole.
func (f *flags) write(rules io.Reader, e domaindb.Edition, key ed25519.PrivateKey) (info domaindb.Info, err error) {
	draft, err := os.CreateTemp(filepath.Dir(f.out), ".domains-*")
	if err != nil {
		return info, err
	}
	defer os.Remove(draft.Name()) // of no effect once it is renamed
	info, err = domaindb.Build(draft, rules, e, key)
	if err == nil {
		err = errors.Join(draft.Chmod(0o644), draft.Sync())
	}
	if err := errors.Join(err, draft.Close()); err != nil {
		return info, err
	}
	return info, os.Rename(draft.Name(), f.out)
}

// alike prints the domains that look like one before them.
func alike(out io.Writer, rules io.ReadSeeker) error {
	if _, err := rules.Seek(0, io.SeekStart); err != nil {
		return err
	}
	pairs, err := lookalike.Find(rules)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if _, err := fmt.Fprintf(out, "alike   line %d: %s (%q) looks like %s in line %d\n",
			p.Second.Line, p.Second.Name, p.Second.Shown, p.First.Name, p.First.Line); err != nil {
			return err
		}
	}
	return nil
}
