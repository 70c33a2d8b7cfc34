//go:build !unix

package domaindb

import "os"

// load reads the first n bytes of a file, where files cannot be mapped.
func load(f *os.File, n int) (data []byte, release func(), err error) { return readAll(f, n) }
