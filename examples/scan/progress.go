package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// progress is a bar on a terminal, for many files. nil shows nothing.
type progress struct {
	out io.Writer
	all int
}

// many is how many files are worth a bar.
const many = 10

// newProgress gives nil where nobody would see the bar.
func newProgress(stderr io.Writer, files int) *progress {
	f, ok := stderr.(*os.File)
	if !ok || files < many || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return &progress{stderr, files}
}

// show draws the bar after n files.
func (p *progress) show(n int) {
	if p == nil {
		return
	}
	const width = 40
	full := width * n / p.all
	fmt.Fprintf(p.out, "\r[%s%s] %d/%d", strings.Repeat("#", full), strings.Repeat(".", width-full), n, p.all)
}

// clear takes the bar away.
func (p *progress) clear() {
	if p != nil {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
