//go:build !linux

package pgtest

import (
	"os"
	"syscall"
)

// attributes cannot tie the server to the test here, nor give it to another
// user: PostgreSQL itself says that it does not run as root.
func attributes(*owner) *syscall.SysProcAttr { return nil }

// killAll kills the server; its children end when they see it gone.
func killAll(p *os.Process) error { return p.Kill() }
