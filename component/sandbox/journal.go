package sandbox

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/anyscan/anyscan/component/sandbox/internal/web"
)

const maxLine = 64 << 10 // bytes of an entry

// journal is the ledger's file: one entry a line, each on disk before it
// counts. A nil journal keeps nothing. After a failed write nobody knows what
// is on disk, so it takes nothing more until it is opened again.
type journal struct {
	file *os.File
	err  error
}

// openJournal replays the file and opens it for more. The last line may have
// been cut by a crash; it was never acknowledged and is taken off. A file that
// ends in anything else is no ledger and stays as it is.
func openJournal(path string, replay func(entry) error) (*journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	whole, err := read(file, replay)
	if err == nil {
		err = errors.Join(file.Truncate(whole), file.Sync(), syncDir(filepath.Dir(path)))
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &journal{file: file}, nil
}

// read replays the whole lines and returns how many bytes they have.
func read(file io.Reader, replay func(entry) error) (whole int64, err error) {
	lines := bufio.NewReaderSize(file, maxLine)
	for n := 1; ; n++ {
		line, err := lines.ReadSlice('\n')
		if err == io.EOF && beginsEntry(line) {
			return whole, nil
		}
		var e entry
		if err == nil {
			err = web.Decode(line, &e)
		}
		if err == nil {
			err = replay(e)
		}
		if err != nil {
			return whole, fmt.Errorf("line %d: %w", n, err)
		}
		whole += int64(len(line))
	}
}

// beginsEntry reports whether what stands after the last whole line is the
// beginning of an entry, or nothing.
func beginsEntry(cut []byte) bool {
	const start = `{"kind":"`
	n := min(len(cut), len(start))
	return string(cut[:n]) == start[:n]
}

// syncDir makes a new file's name last.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (j *journal) append(e entry) error {
	if j == nil || j.err != nil {
		return j.broken()
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if len(line) >= maxLine {
		return fmt.Errorf("an entry of %d bytes is too long", len(line))
	}
	if _, err = j.file.Write(append(line, '\n')); err == nil {
		err = j.file.Sync()
	}
	j.err = err
	return err
}

// broken is why nothing can be believed or written any more.
func (j *journal) broken() error {
	if j == nil {
		return nil
	}
	return j.err
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	j.err = os.ErrClosed
	return j.file.Close()
}
