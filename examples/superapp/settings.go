package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/examples/internal/program"
)

// settings is what the terminal remembers between payments, in a file.
type settings struct {
	file string // "" remembers nothing
}

// content is the file's.
type content struct {
	Default string `json:"default"` // component that paid last
}

const maxSettings = 4096 // bytes

// component is the one that was remembered, "" for none. What cannot be read
// keeps nobody from paying: it is told and left alone.
func (s settings) component(stderr io.Writer) string {
	if s.file == "" {
		return ""
	}
	name, err := read(s.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		note(stderr, "there is no default: %v", err)
	}
	return name
}

func read(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxSettings))
	if err != nil {
		return "", err
	}
	var c content
	if err := json.Unmarshal(raw, &c); err != nil {
		return "", fmt.Errorf("%s does not hold settings: %w", file, err)
	}
	if len(c.Default) > 64 || strings.Trim(c.Default, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return "", fmt.Errorf("%s names %.70q: want a component's name, at most 64 of a-z 0-9 -", file, c.Default)
	}
	return c.Default, nil
}

// remember keeps the component for the next payment. The payment was made,
// whether or not that works.
func (s settings) remember(component string, stderr io.Writer) {
	if s.file == "" {
		return
	}
	err := os.MkdirAll(filepath.Dir(s.file), 0o700)
	if err == nil {
		err = program.WriteFile(s.file, func(w *os.File) error { return json.NewEncoder(w).Encode(content{component}) })
	}
	if err != nil {
		note(stderr, "the default is not remembered: %v", err)
	}
}

func note(stderr io.Writer, format string, args ...any) {
	fmt.Fprintf(stderr, "superapp: %s\n", console.Printable(fmt.Sprintf(format, args...)))
}
