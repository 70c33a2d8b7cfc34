package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// A migration is one file.
type migration struct {
	file string
	text string
	sum  string // SHA-256 of text, in hex
}

// readMigrations reads the files 0001_xxx.sql, 0002_xxx.sql, … of fsys, or what
// stands in for them in a dialect.
func readMigrations(name, dialect string, fsys fs.FS) ([]migration, error) {
	if name == "" {
		return nil, migrationError(name, "", errors.New("name is empty: give the package's"))
	}
	files, instead, err := migrationFiles(fsys)
	if err != nil {
		return nil, migrationError(name, "", err)
	}
	if len(files) == 0 {
		return nil, migrationError(name, "", errors.New("no *.sql in the root of the file system: use fs.Sub for a folder"))
	}
	steps := make([]migration, 0, len(files))
	for i, file := range files {
		if other := strings.TrimSuffix(file, ".sql") + "." + dialect + ".sql"; instead[other] {
			file = other
		}
		step, err := readMigration(fsys, file, i+1)
		if err != nil {
			return nil, migrationError(name, file, err)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// migrationFiles returns the names of the plain files, in order, and of those
// that stand in for one of them in a dialect.
func migrationFiles(fsys fs.FS) (plain []string, instead map[string]bool, err error) {
	files, err := fs.Glob(fsys, "*.sql") // sorted
	if err != nil {
		return nil, nil, err
	}
	instead = make(map[string]bool)
	for _, file := range files {
		base, dialect, _ := strings.Cut(strings.TrimSuffix(file, ".sql"), ".")
		switch {
		case dialect == "":
			plain = append(plain, file)
		case !slices.Contains(files, base+".sql"):
			return nil, nil, fmt.Errorf("%s stands in for %s.sql, which is not there", file, base)
		default:
			instead[file] = true
		}
	}
	return plain, instead, nil
}

// readMigration reads one file, which must carry the number version.
func readMigration(fsys fs.FS, file string, version int) (migration, error) {
	if want := fmt.Sprintf("%04d_", version); !strings.HasPrefix(file, want) {
		return migration{}, fmt.Errorf("file names are numbered without gaps: expected %sxxx.sql here", want)
	}
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return migration{}, err
	}
	// Git may check the same file out with other line ends.
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	sum := sha256.Sum256(text)
	return migration{file: file, text: string(text), sum: hex.EncodeToString(sum[:])}, nil
}
