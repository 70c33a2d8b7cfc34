package domaindb

import (
	"io"
	"os"
)

func readAll(f *os.File, n int) (data []byte, release func(), err error) {
	data = make([]byte, n)
	_, err = io.ReadFull(io.NewSectionReader(f, 0, int64(n)), data)
	return data, func() {}, err
}
