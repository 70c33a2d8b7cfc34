package domaindb

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/anyscan/anyscan/verify"
)

// Info is what a file says of itself.
type Info struct {
	Version    uint64
	FreshUntil time.Time // from then on it decides nothing
	Names      int
	Bytes      int64 // of the file, without its signature
}

// File is an open file of rules. It never changes, is safe for concurrent use, and
// is closed when nobody uses it any more.
type File struct {
	header
	index, blob []byte
}

var _ verify.Rules = (*File)(nil)

// OpenFile opens a file that [Database.Install] installed, or that the same
// institution built on this machine. It reads the header alone, and takes the rest
// on trust: as the program's own, nobody else may be able to write it. Never
// write into such a file, nor cut it short: put another one in its place by
// renaming.
//
// The error is an *[os.PathError], or a [*FileError].
func OpenFile(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // what is mapped stays
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	head := make([]byte, headerSize)
	if _, err := f.ReadAt(head, 0); err != nil {
		return nil, &FileError{path, fmt.Errorf("is no file of legal domains: %w", err)}
	}
	h, err := readHeader(head)
	if err != nil {
		return nil, &FileError{path, err}
	}
	if size := info.Size(); size <= h.signed()+trailerSize || size > h.signed()+trailerSize+maxSignature {
		return nil, &FileError{path, fmt.Errorf("has %d bytes, and not what its header says: was it cut short?", size)}
	}
	data, release, err := load(f, int(h.signed()))
	if err != nil {
		return nil, &FileError{path, err}
	}
	opened := &File{h, data[h.index():h.blob()], data[h.blob():h.signed()]}
	runtime.AddCleanup(opened, func(release func()) { release() }, release)
	return opened, nil
}

// FileError says what is wrong with a file.
type FileError struct {
	Path string
	Err  error
}

func (e *FileError) Error() string { return "domaindb: " + e.Path + ": " + e.Err.Error() }

// Unwrap is what is wrong.
func (e *FileError) Unwrap() error { return e.Err }

// Info returns what the file says of itself.
func (f *File) Info() Info { return f.info() }

// Rules implements [verify.Rules]: it compares the name itself, so that no other
// has its answer.
func (f *File) Rules(name string) verify.RuleKind {
	kind := find(f.bucket(bucketOf(hash(f.seed, name), f.buckets)), name)
	runtime.KeepAlive(f) // the bytes are not the collector's
	return kind
}

// equal reports whether two files say the same.
func (f *File) equal(other *File) bool {
	defer runtime.KeepAlive(f)
	defer runtime.KeepAlive(other)
	return f.header == other.header && bytes.Equal(f.index, other.index) && bytes.Equal(f.blob, other.blob)
}

// bucket is empty where a damaged index leads nowhere.
func (f *File) bucket(n uint64) []byte {
	pair := f.index[4*n : 4*n+8]
	from, to := binary.LittleEndian.Uint32(pair), binary.LittleEndian.Uint32(pair[4:])
	if from > to || uint64(to) > uint64(len(f.blob)) {
		return nil
	}
	return f.blob[from:to]
}

func find(bucket []byte, name string) verify.RuleKind {
	for len(bucket) > 0 {
		found, kind, rest, ok := entry(bucket)
		if !ok {
			return 0
		}
		if string(found) == name {
			return kind
		}
		bucket = rest
	}
	return 0
}

// check reads the whole file once and finds what a builder must not have written.
func (f *File) check() error {
	defer runtime.KeepAlive(f)
	var names, at uint64
	for n := range f.buckets {
		bucket := f.bucket(n)
		if first := binary.LittleEndian.Uint32(f.index[4*n:]); uint64(first) != at {
			return fmt.Errorf("has bucket %d at %d, want %d", n, first, at)
		}
		at += uint64(len(bucket))
		for len(bucket) > 0 {
			name, kind, rest, ok := entry(bucket)
			if !ok || !isName(name) || kind == 0 || kind > verify.RuleExact|verify.RuleBelow|verify.RuleDomain ||
				bucketOf(hash(f.seed, string(name)), f.buckets) != n {
				return fmt.Errorf("has a damaged bucket %d", n)
			}
			names, bucket = names+1, rest
		}
	}
	if end := binary.LittleEndian.Uint32(f.index[4*f.buckets:]); at != f.bytes || uint64(end) != at || names != f.names {
		return fmt.Errorf("has %d names in %d bytes: its header says %d in %d", names, at, f.names, f.bytes)
	}
	return nil
}

// isName reports whether only what a host name has is in it.
func isName(name []byte) bool {
	for _, c := range name {
		if (c < 'a' || 'z' < c) && (c < '0' || '9' < c) && c != '-' && c != '.' {
			return false
		}
	}
	return len(name) > 0
}
