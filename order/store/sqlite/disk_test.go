package sqlite

import (
	"bytes"
	"io"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

// A disk is one folder of files behind SQLite whose power can be cut. What was
// written and not synced then is lost, as is the name of a file whose folder was
// not synced. It promises what SQLite itself builds on, and no more: a write
// leaves the bytes beside it alone (powersafe overwrite), a sync comes back when
// all that was written before is safe.
//
// Locks and the memory that connections share come from the operating system,
// by files of the same names, which hold nothing.
type disk struct {
	os vfs.VFSFilename

	mu    sync.Mutex
	now   map[string]*inode // what programs see
	safe  map[string]*inode // what a power cut leaves
	steps int               // how often something was to be changed or synced
	cut   int               // the step at which the power goes, 0 for never
	off   bool
}

// An inode is a file. Its fields belong to the disk's mutex.
type inode struct {
	now, safe []byte
	pending   []change // that a sync would make safe
}

// A change is what is written at an offset, or for nil, that the file ends there.
type change struct {
	at   int64
	data []byte
}

// A survival says what of the changes that nobody synced a power cut leaves. A
// disk is free to write any of them, in any order.
type survival int

const (
	nothing survival = iota
	someWrites
	someSectors // of each write
	everything
)

const sector = 512 // the least that a disk writes as a whole

func newDisk() *disk {
	return &disk{os: vfs.Find("").(vfs.VFSFilename), now: map[string]*inode{}, safe: map[string]*inode{}}
}

// touch makes an empty file, as [create] does: its name is not safe yet.
func (d *disk) touch(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now[name] == nil {
		d.now[name] = &inode{}
	}
}

// files are the names of all files.
func (d *disk) files() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.now))
}

// powerOffAt lets the power go at a step from now on; 0 is never.
func (d *disk) powerOffAt(step int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.steps, d.cut = 0, step
}

// powerOff ends everything now.
func (d *disk) powerOff() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = true
}

func (d *disk) isOff() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.off
}

// powerOn brings the disk back with what survived.
func (d *disk) powerOn(left survival, random *rand.Rand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	names := maps.Clone(d.safe)
	for _, name := range slices.Sorted(maps.Keys(d.now)) {
		if d.now[name] != d.safe[name] && survives(left, random) {
			names[name] = d.now[name]
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.safe)) {
		if d.now[name] == nil && survives(left, random) {
			delete(names, name)
		}
	}
	for _, f := range names {
		f.restart(left, random)
	}
	d.now, d.safe, d.off, d.cut = names, maps.Clone(names), false, 0
}

func survives(left survival, random *rand.Rand) bool {
	return left == everything || left != nothing && random.IntN(2) == 0
}

// restart leaves of a file what is safe, and what survives of the rest.
func (f *inode) restart(left survival, random *rand.Rand) {
	for _, c := range f.pending {
		switch {
		case left == someSectors && c.data != nil:
			for piece := range c.sectors() {
				if survives(left, random) {
					f.safe = piece.apply(f.safe)
				}
			}
		case survives(left, random):
			f.safe = c.apply(f.safe)
		}
	}
	f.now, f.pending = bytes.Clone(f.safe), nil
}

// sectors are the parts of a write that a disk writes one by one.
func (c change) sectors() func(yield func(change) bool) {
	return func(yield func(change) bool) {
		for at, rest := c.at, c.data; len(rest) > 0; {
			n := min(sector-at%sector, int64(len(rest)))
			if !yield(change{at, rest[:n]}) {
				return
			}
			at, rest = at+n, rest[n:]
		}
	}
}

// apply makes the change to the content of a file. What lies between its end and
// a write beyond it is garbage, which a file system may leave there.
func (c change) apply(content []byte) []byte {
	end := c.at + int64(len(c.data))
	if c.data == nil {
		end = c.at
		content = content[:min(int64(len(content)), end)]
	}
	for int64(len(content)) < end {
		content = append(content, 0xa5)
	}
	copy(content[c.at:], c.data)
	return content
}

// step counts a change or sync that is about to happen. The one at which the
// power goes still happens in part: it is pending then, like others before it.
func (d *disk) step() {
	d.steps++
	d.off = d.off || d.steps == d.cut
}

// OpenFilename implements [vfs.VFSFilename]. Files without a name are temporary.
func (d *disk) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	below, out, err := d.os.OpenFilename(name, flags)
	if err != nil || name == nil {
		return below, out, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	base := filepath.Base(name.String())
	f := d.now[base]
	if f == nil && flags&vfs.OPEN_CREATE != 0 && !d.off {
		f = &inode{}
		d.now[base] = f
		d.step()
	}
	if f == nil || d.off {
		below.Close()
		return nil, out, sqlite3.CANTOPEN
	}
	// As in SQLite's own for Unix, which is the one that Open uses: a journal's
	// first sync syncs its folder.
	journal := flags&(vfs.OPEN_WAL|vfs.OPEN_MAIN_JOURNAL|vfs.OPEN_SUPER_JOURNAL) != 0
	return &diskFile{File: below, disk: d, inode: f, syncs: flags&vfs.OPEN_CREATE != 0 && journal}, out, nil
}

// Open implements [vfs.VFS].
func (d *disk) Open(string, vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	return nil, 0, sqlite3.CANTOPEN // OpenFilename is called instead
}

// Delete implements [vfs.VFS].
func (d *disk) Delete(name string, syncFolder bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	base := filepath.Base(name)
	switch {
	case d.off:
		return sqlite3.IOERR_DELETE
	case d.now[base] == nil:
		return sqlite3.IOERR_DELETE_NOENT
	}
	delete(d.now, base)
	if d.step(); d.off {
		return sqlite3.IOERR_DELETE
	}
	if syncFolder {
		d.safe = maps.Clone(d.now)
	}
	return nil
}

// Access implements [vfs.VFS].
func (d *disk) Access(name string, _ vfs.AccessFlag) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now[filepath.Base(name)] != nil, nil
}

// FullPathname implements [vfs.VFS].
func (d *disk) FullPathname(name string) (string, error) { return name, nil }

// A diskFile is an open file. What it does not do itself is locking.
type diskFile struct {
	vfs.File
	disk  *disk
	inode *inode
	syncs bool // its next sync syncs the folder
}

var _ vfs.FileSharedMemory = (*diskFile)(nil)

// SharedMemory implements [vfs.FileSharedMemory].
func (f *diskFile) SharedMemory() vfs.SharedMemory {
	if below, ok := f.File.(vfs.FileSharedMemory); ok {
		return below.SharedMemory()
	}
	return nil
}

// DeviceCharacteristics are those of the file systems that Open meets.
func (f *diskFile) DeviceCharacteristics() vfs.DeviceCharacteristic {
	return vfs.IOCAP_POWERSAFE_OVERWRITE | vfs.IOCAP_SUBPAGE_READ
}

func (f *diskFile) ReadAt(p []byte, at int64) (n int, err error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.off {
		return 0, sqlite3.IOERR_READ
	}
	if at < int64(len(f.inode.now)) {
		n = copy(p, f.inode.now[at:])
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

func (f *diskFile) WriteAt(p []byte, at int64) (int, error) {
	return len(p), f.change(change{at, append([]byte{}, p...)}, sqlite3.IOERR_WRITE)
}

func (f *diskFile) Truncate(size int64) error {
	return f.change(change{at: size}, sqlite3.IOERR_TRUNCATE)
}

func (f *diskFile) change(c change, failure error) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.off {
		return failure
	}
	f.inode.now = c.apply(f.inode.now)
	f.inode.pending = append(f.inode.pending, c)
	if f.disk.step(); f.disk.off {
		return failure
	}
	return nil
}

func (f *diskFile) Sync(vfs.SyncFlag) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.off {
		return sqlite3.IOERR_FSYNC
	}
	if f.disk.step(); f.disk.off {
		return sqlite3.IOERR_FSYNC
	}
	for _, c := range f.inode.pending {
		f.inode.safe = c.apply(f.inode.safe)
	}
	f.inode.pending = nil
	if f.syncs {
		f.disk.safe, f.syncs = maps.Clone(f.disk.now), false
	}
	return nil
}

func (f *diskFile) Size() (int64, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.off {
		return 0, sqlite3.IOERR_FSTAT
	}
	return int64(len(f.inode.now)), nil
}
