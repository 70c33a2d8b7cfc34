package console

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

// Printer tells what happens: a line a step for people, an object a line for
// programs.
type Printer struct {
	Out  io.Writer
	JSON bool

	mu    sync.Mutex
	steps int
}

// Line is one line of JSON. Fields that a line has nothing to say about are left
// out.
type Line struct {
	Number int           `json:"number,omitempty"`
	Step   string        `json:"step,omitempty"`
	Detail string        `json:"detail,omitempty"`
	Micros int64         `json:"micros,omitempty"`
	Error  string        `json:"error,omitempty"`
	Server string        `json:"server,omitempty"` // whose view Status is
	Status *order.Status `json:"status,omitempty"`
	Result *scan.Result  `json:"result,omitempty"`
	// Payload is what a code of another scheme says.
	Payload *Payload `json:"payload,omitempty"`
}

// Step prints one finished step with its time.
func (p *Printer) Step(name, detail string, took time.Duration, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps++
	l := Line{Number: p.steps, Step: name, Detail: Printable(detail), Micros: took.Microseconds()}
	if err != nil {
		l.Error = Printable(err.Error())
		detail = "✗"
	}
	p.print(l, fmt.Sprintf("%2d  %-8s %9s  %s", p.steps, name, took.Round(10*time.Microsecond), detail))
}

// Status prints an order as one of the servers holds it.
func (p *Printer) Status(server string, s order.Status) {
	p.order(Line{Server: server, Status: &s}, server, s.Order, s.State, s.Payment)
}

// Result prints how a payment ended, as the gateway told the terminal.
func (p *Printer) Result(r scan.Result) {
	p.order(Line{Result: &r}, "result", r.Order, r.State, r.Payment)
}

func (p *Printer) order(l Line, who string, o order.Order, state order.State, by *order.Payment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := fmt.Sprintf("%-8s  order %s  %s  %s", who, o.ID, state, o.Total)
	if by != nil {
		text += fmt.Sprintf("  by %s, reference %s", by.Component, by.Reference)
	}
	p.print(l, text)
}

// Note prints something that programs do not need.
func (p *Printer) Note(format string, args ...any) {
	if !p.JSON {
		fmt.Fprintf(p.Out, format, args...)
	}
}

// print writes to a terminal or a pipe that may be gone; Watched then stops the
// run.
func (p *Printer) print(l Line, text string) {
	if !p.JSON {
		fmt.Fprintln(p.Out, Printable(text))
		return
	}
	_ = json.NewEncoder(p.Out).Encode(l)
}

// Printable is the text without what a terminal would obey: much of it was read
// from a code or came from a server.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}

// Watched is an output that stops the run when it cannot be written: without its
// reader, nobody watches what is paid.
func Watched(out io.Writer, stop context.CancelCauseFunc) io.Writer { return watched{out, stop} }

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
