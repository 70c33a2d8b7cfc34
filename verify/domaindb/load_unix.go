//go:build unix

package domaindb

import (
	"os"

	"golang.org/x/sys/unix"
)

// load maps the first n bytes of a file into memory: nothing is read before it is
// asked for, and all processes that open the file share it.
func load(f *os.File, n int) (data []byte, release func(), err error) {
	data, err = unix.Mmap(int(f.Fd()), 0, n, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, os.NewSyscallError("mmap", err)
	}
	_ = unix.Madvise(data, unix.MADV_RANDOM) // a hint: reading ahead would only push out others
	return data, func() { _ = unix.Munmap(data) }, nil
}
