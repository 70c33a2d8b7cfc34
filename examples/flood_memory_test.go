//go:build unix

package examples_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// openFiles lets this process, and those that it starts, open so many files: where
// the limit is lower, up to what the system lets it be raised to. A flood of fewer
// connections would show less, so then there is none.
func openFiles(t *testing.T, want int) {
	t.Helper()
	var l syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l)
	if err == nil && l.Cur < l.Max {
		l.Cur = l.Max
		err = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l)
	}
	switch {
	case err != nil:
		t.Fatal(err)
	case l.Cur >= uint64(want):
	case os.Getenv("ANYSCAN_FULL") == "1":
		t.Fatalf("ANYSCAN_FULL=1, but a process may open %d files here: want %d, by ulimit -Hn", l.Cur, want)
	default:
		t.Skipf("a process may open %d files here: want %d, by ulimit -Hn; ANYSCAN_FULL=1 makes this a failure", l.Cur, want)
	}
}

// memoryLimit is what each server's process may hold of the machine's memory at
// any moment: its resident set size, with all that is no Go heap, such as SQLite's.
// 45 MiB were measured with the connections before the garbage comes, and 81 to 91
// at most in the flood, whatever else the machine does. Of the garbage each server
// gets half: were 1 KiB left of every request, that would be 50 MiB, and twice as
// much until it is found to be in use (GOGC is 100).
const memoryLimit = 128 << 20 * raced

// memory is the highest resident set size so far of each server, by name; nil where
// the system does not tell.
func (f *flooded) memory() map[string]int64 {
	f.t.Helper()
	all := map[string]int64{}
	for _, w := range f.workers {
		peak, err := peakOf(w.cmd.Process.Pid)
		switch {
		case err == nil:
			all[w.name] = peak
		case os.Getenv("ANYSCAN_FULL") == "1":
			f.t.Fatalf("ANYSCAN_FULL=1, but the memory of a server is not known: %v", err)
		default:
			f.t.Logf("the memory of the servers is not looked at, ANYSCAN_FULL=1 makes this a failure: %v", err)
			return nil
		}
	}
	return all
}

// peakOf reads the high-water mark of a process's resident set size, in bytes
// (proc_pid_status(5), VmHWM).
func peakOf(pid int) (int64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if kib, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(kib), " kB"), 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("there is no VmHWM of process %d", pid)
}

// checkMemory holds the servers to their limit; before is what they took before the
// garbage came.
func (f *flooded) checkMemory(before map[string]int64) {
	f.t.Helper()
	for name, peak := range f.memory() {
		f.t.Logf("the %s held %d MiB at most, %d before the garbage", name, peak>>20, before[name]>>20)
		if peak > memoryLimit {
			f.t.Errorf("the %s held %d MiB, want at most %d", name, peak>>20, memoryLimit>>20)
		}
	}
}
