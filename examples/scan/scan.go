package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"strings"
	"time"

	"github.com/anyscan/anyscan/scan/barcode"
)

// answer is one line of the output.
type answer struct {
	Path    string   `json:"path"`
	Format  string   `json:"format,omitempty"`
	Text    string   `json:"text,omitempty"`
	Corners [][2]int `json:"corners,omitempty"`
	Pass    string   `json:"pass,omitempty"`
	Error   string   `json:"error,omitempty"`
	MS      *float64 `json:"ms,omitempty"`
}

// scan reads the files one after the other. all says that each gave a code. An
// error ends it: nobody can read the output, or ctx has ended.
func (s *settings) scan(ctx context.Context, out io.Writer, p *progress) (all bool, err error) {
	all = true
	lines := bufio.NewWriter(out)
	var reader barcode.Reader
	for i, file := range s.files {
		p.show(i)
		img, symbols, took, err := s.read(ctx, &reader, file)
		p.clear() // lines may go to the same terminal
		if end := ctx.Err(); end != nil {
			return false, context.Cause(ctx)
		}
		all = all && err == nil
		if err := s.print(lines, file, symbols, took, err); err != nil {
			return false, err
		}
		if err := lines.Flush(); err != nil {
			return false, err
		}
		if s.draw != "" && img != nil {
			if err := draw(s.draw, file, img, symbols); err != nil {
				return false, err
			}
		}
	}
	return all, nil
}

// read reads one file. took is the time from pixels to the answer.
func (s *settings) read(ctx context.Context, reader *barcode.Reader, file string) (img image.Image, symbols []barcode.Symbol, took time.Duration, err error) {
	if s.budget > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, s.budget, fmt.Errorf("nothing was found within %v", s.budget))
		defer cancel()
	}
	if img, err = picture(ctx, file); err != nil {
		return nil, nil, 0, err
	}
	start := time.Now()
	symbols, err = reader.Decode(ctx, img, &barcode.Options{Effort: s.effort})
	return img, symbols, time.Since(start), err
}

// picture reads a picture from a file, PGM too.
func picture(ctx context.Context, file string) (image.Image, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReader(f)
	if magic, _ := r.Peek(2); bytes.Equal(magic, []byte("P5")) {
		return readPGM(r)
	}
	return barcode.ReadImage(ctx, r, nil)
}

func (s *settings) print(out io.Writer, file string, symbols []barcode.Symbol, took time.Duration, err error) error {
	var answers []answer
	for _, symbol := range symbols {
		a := answer{Path: file, Format: string(symbol.Format), Text: symbol.Text, Pass: symbol.Pass}
		for _, p := range symbol.Corners {
			a.Corners = append(a.Corners, [2]int{p.X, p.Y})
		}
		answers = append(answers, a)
	}
	if err != nil {
		answers = append(answers, answer{Path: file, Error: reason(err)})
	}
	for _, a := range answers {
		if s.timed {
			ms := float64(took.Microseconds()) / 1000
			a.MS = &ms
		}
		if err := s.line(out, a); err != nil {
			return err
		}
	}
	return nil
}

// reason is an error without the names that stand before it on the line.
func reason(err error) string {
	if path := (*os.PathError)(nil); errors.As(err, &path) {
		err = path.Err
	}
	return strings.TrimPrefix(err.Error(), "barcode: ")
}

func (s *settings) line(out io.Writer, a answer) error {
	if s.json {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(a)
	}
	format, text := a.Format, a.Text
	if a.Error != "" {
		format, text = "-", a.Error
	}
	line := shown(a.Path) + "\t" + format + "\t" + shown(text)
	if a.MS != nil {
		line += fmt.Sprintf("\t%.1f", *a.MS)
	}
	_, err := fmt.Fprintln(out, line)
	return err
}

// shown keeps a text on its line, and from the terminal what commands it.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s)
}
