package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/order/audit"
	"github.com/anyscan/anyscan/order/store"
)

// check tells whatever is not as it was written. Where all is, the roots that are
// new are kept.
func (f flags) check(ctx context.Context, out io.Writer) (err error) {
	t, err := f.trusted()
	if err != nil {
		return err
	}
	if _, err := os.Stat(f.db); err != nil && !program.IsDSN(f.db) {
		return fmt.Errorf("-db: %w", err) // a file that is not there would be made
	}
	db, err := program.OpenStore(ctx, f.db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	r, err := audit.Verify(ctx, db, f.log, t)
	if err != nil {
		return err
	}
	if err := tell(out, r); err != nil {
		return err
	}
	if n := int64(len(r.Findings)) + r.More; n > 0 {
		return fmt.Errorf("%d findings in the log %s", n, f.name)
	}
	return f.keep(ctx, db, t)
}

func tell(out io.Writer, r audit.Report) error {
	_, err := fmt.Fprintf(out, "orders    %d, of which %d changed since the latest root\nentries   %d, of which %d from before there were hashes\nroots     %d, the latest of %s\n",
		r.Orders, r.Open, r.Entries, r.Unchained, r.Roots, cmp.Or(r.Day, "no day"))
	for _, finding := range r.Findings {
		if err == nil {
			_, err = fmt.Fprintln(out, "finding  ", finding)
		}
	}
	return err
}

// trusted are the keys and roots of the files.
func (f flags) trusted() (t audit.Trust, err error) {
	keys, err := program.ReadKeys(f.trust)
	if err != nil {
		return t, fmt.Errorf("-trust: %w", err)
	}
	for _, k := range keys {
		t.Keys = append(t.Keys, crypto.PublicKey(k.Public))
	}
	if f.kept == "" {
		return t, nil
	}
	file, err := os.Open(f.kept)
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil // the first time
	}
	if err != nil {
		return t, fmt.Errorf("-kept: %w", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(io.LimitReader(file, 1<<26)) // a century
	for lines.Scan() {
		t.Statements = append(t.Statements, lines.Text())
	}
	if err := lines.Err(); err != nil {
		return t, fmt.Errorf("-kept: %s: %w", f.kept, err)
	}
	return t, nil
}

// keep writes the file anew when there are roots after those in it. A log without
// findings has each of those.
func (f flags) keep(ctx context.Context, db *store.Store, t audit.Trust) error {
	if f.kept == "" {
		return nil
	}
	all := t.Statements
	for after := latest(t); ; {
		more, err := audit.Roots(ctx, db, f.log, after)
		if err != nil {
			return err
		}
		if len(more) == 0 {
			break
		}
		all, after = append(all, more...), after+int64(len(more))
	}
	if len(all) == len(t.Statements) {
		return nil
	}
	return program.WriteFile(f.kept, func(file *os.File) error {
		_, err := file.WriteString(strings.Join(all, "\n") + "\n")
		return err
	})
}

// latest is the highest number of a root that is kept; 0 for none.
func latest(t audit.Trust) (number int64) {
	for _, statement := range t.Statements {
		if r, err := audit.ParseRoot(statement, t.Keys...); err == nil {
			number = max(number, r.Number)
		}
	}
	return number
}
