// Scan reads the codes in pictures and prints a line a code: the file, the
// format and the text, or "-" and why there is none, with tabs between them:
//
//	$ go run ./examples/scan scan/barcode/testdata/qr-photo.jpg README.md
//	scan/barcode/testdata/qr-photo.jpg	QR	https://shop.example/c/7Q2M?v=AQx0
//	README.md	-	the file is not PNG, JPEG, WebP or GIF
//
// Of several codes in a picture the nearest to its middle comes first. Line
// breaks, tabs and other control characters of a text are shown as spaces;
// -json gives them as they are.
//
// It reads PNG, JPEG, WebP, GIF and raw PGM (P5).
//
// # Flags
//
//	-effort still|frame  how much work a picture is worth: every way of looking at
//	                     it (the default), or the best, as for a camera's frame
//	-budget DURATION     give a picture up after this long; 0, the default, never
//	-time                add the milliseconds from the picture's pixels to the answer
//	-json                print one JSON object a line
//	-draw DIR            write each picture to DIR with outlines of what was found
//
// # JSON
//
//	path     the file
//	format   QR or Code 128
//	text     what the code says
//	corners  [[x, y], …] in the picture: four of a QR code, two ends of a Code 128
//	pass     by which look at the picture it was read
//	error    why there is none; then format, text, corners and pass are missing
//	ms       with -time
//
// It exits with status 0 when every file gave a code, 1 when one did not, and 2
// for a command line that it does not understand.
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"time"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/scan/barcode"
)

const usage = `scan reads the codes in pictures (PNG, JPEG, WebP, GIF, PGM) and prints a line a
code: file, format and text, or "-" and why there is none.

  go run ./examples/scan scan/barcode/testdata/qr-photo.jpg

Usage: go run ./examples/scan [flags] FILE...

`

func main() {
	program.Main(func(ctx context.Context, args []string, _ io.Reader, out, stderr io.Writer) int {
		return run(ctx, args, out, stderr)
	})
}

// settings are what the command line says.
type settings struct {
	effort barcode.Effort
	budget time.Duration
	timed  bool
	json   bool
	draw   string
	files  []string
}

// run is the program.
func run(ctx context.Context, args []string, out, stderr io.Writer) (status int) {
	s, err := parse(args, stderr)
	if err != nil {
		return program.Misread(err)
	}
	all, err := s.scan(ctx, out, newProgress(stderr, len(s.files)))
	if status := program.Status(stderr, "scan", err); status != 0 || !all {
		return 1
	}
	return 0
}

func parse(args []string, stderr io.Writer) (s settings, err error) {
	var effort string
	set := program.Flags("scan", usage, stderr)
	set.StringVar(&effort, "effort", "still", "`still` or frame: how much work a picture is worth")
	set.DurationVar(&s.budget, "budget", 0, "give a picture up after this `duration`; 0 is never")
	set.BoolVar(&s.timed, "time", false, "add milliseconds")
	set.BoolVar(&s.json, "json", false, "print one JSON object a line")
	set.StringVar(&s.draw, "draw", "", "write each picture to this `directory` with outlines of what was found")
	if err := set.Parse(args); err != nil {
		return s, err
	}
	if s.files = set.Args(); len(s.files) == 0 {
		err = errors.New("no file is named: see -h")
	}
	switch effort {
	case "still":
		s.effort = barcode.Still
	case "frame":
		s.effort = barcode.Frame
	default:
		err = errors.New("-effort is neither still nor frame")
	}
	if s.budget < 0 {
		err = errors.New("-budget is below zero")
	}
	return s, complained(set, err)
}

func complained(set *flag.FlagSet, err error) error {
	if err != nil {
		program.Complain(set.Output(), set.Name(), err)
	}
	return err
}
