package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
)

// printer tells what happens: a line a step for people, an object a line for
// programs.
type printer struct {
	out   io.Writer
	json  bool
	mu    sync.Mutex
	steps int
}

// line is one line of -json. Fields that a line has nothing to say about are
// left out.
type line struct {
	Number int           `json:"number,omitempty"`
	Step   string        `json:"step,omitempty"`
	Detail string        `json:"detail,omitempty"`
	Micros int64         `json:"micros,omitempty"`
	Error  string        `json:"error,omitempty"`
	Server string        `json:"server,omitempty"` // whose view Status is
	Status *order.Status `json:"status,omitempty"`
}

// step prints one finished step with its time.
func (p *printer) step(name, detail string, took time.Duration, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps++
	l := line{Number: p.steps, Step: name, Detail: printable(detail), Micros: took.Microseconds()}
	if err != nil {
		l.Error = printable(err.Error())
		detail = "✗"
	}
	p.print(l, fmt.Sprintf("%2d  %-8s %9s  %s", p.steps, name, took.Round(10*time.Microsecond), detail))
}

// report is step for the terminal's own steps.
func (p *printer) report(_ context.Context, r scan.Report) {
	p.step(string(r.Step), r.Detail, r.Took, r.Err)
}

// status prints an order as one of the servers holds it.
func (p *printer) status(server string, s order.Status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := fmt.Sprintf("%-8s  order %s  %s  %s", server, s.Order.ID, s.State, s.Order.Total)
	if s.Payment != nil {
		text += fmt.Sprintf("  by %s, reference %s", s.Payment.Component, s.Payment.Reference)
	}
	p.print(line{Server: server, Status: &s}, text)
}

// note prints something that programs do not need.
func (p *printer) note(format string, args ...any) {
	if !p.json {
		fmt.Fprintf(p.out, format, args...)
	}
}

// print writes to a terminal or a pipe that may be gone; watched then stops the
// run.
func (p *printer) print(l line, text string) {
	if !p.json {
		fmt.Fprintln(p.out, printable(text))
		return
	}
	_ = json.NewEncoder(p.out).Encode(l)
}

// printable is the text without what a terminal would obey: much of it was read
// from a code or came from a server.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}

// watched is an output that stops the run when it cannot be written: without
// its reader, nobody watches what is paid.
type watched struct {
	io.Writer
	stop context.CancelCauseFunc
}

func (w watched) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	if err != nil {
		w.stop(fmt.Errorf("the output cannot be written: %w", err))
	}
	return n, err
}
