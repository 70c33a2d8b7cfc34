package pgtest

import (
	"os"
	"syscall"
)

// attributes make a process its owner's, the first of a group, and tied to the
// thread that starts it.
func attributes(o *owner) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if o != nil {
		a.Credential = &syscall.Credential{Uid: uint32(o.user), Gid: uint32(o.group)}
	}
	return a
}

// killAll kills the process and its group.
func killAll(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGKILL) }
