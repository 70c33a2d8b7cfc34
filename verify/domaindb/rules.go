package domaindb

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unsafe"

	"github.com/anyscan/anyscan/verify"
)

const (
	maxLine     = 512  // bytes; the longest rule has 255
	maxProblems = 1000 // that are told
)

// Problem is a line that is no rule.
type Problem struct {
	Line    int // from 1
	Problem string
}

// RulesError are the lines that are no rules: the first 1000, and how many there
// are.
type RulesError struct {
	Problems []Problem
	Count    int
}

func (e *RulesError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "domaindb: %d lines are no rules", e.Count)
	for _, p := range e.Problems[:min(len(e.Problems), 10)] {
		b.WriteString("; line " + strconv.Itoa(p.Line) + ": " + p.Problem)
	}
	return b.String()
}

func (e *RulesError) add(line int, problem string) {
	e.Count++
	if len(e.Problems) < maxProblems {
		e.Problems = append(e.Problems, Problem{line, problem})
	}
}

// rules are the names of all rules in one text, so that ten million of them are
// three objects.
type rules struct {
	text  []byte
	names []name
}

type name struct {
	at   uint32
	size uint8
	kind verify.RuleKind
}

// name is a view of the text, which no longer changes.
func (s *rules) name(n name) string { return unsafe.String(&s.text[n.at], int(n.size)) }

// readRules reads one rule a line.
func readRules(r io.Reader) (*rules, error) {
	s, bad := &rules{}, &RulesError{}
	lines := bufio.NewReaderSize(r, 64<<10)
	for number := 1; ; number++ {
		line, err := readLine(lines)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("domaindb: reading rules: %w", err)
		}
		if problem := s.add(line); problem != "" {
			bad.add(number, problem)
		}
		if err != nil {
			break
		}
	}
	switch {
	case bad.Count > 0:
		return nil, bad
	case len(s.names) == 0:
		return nil, errors.New("domaindb: there is no rule: at least one is needed")
	}
	return s, nil
}

// readLine reads a line without its end; of one that is too long the beginning,
// which is too long, too.
func readLine(lines *bufio.Reader) (string, error) {
	raw, err := lines.ReadSlice('\n')
	line := string(raw[:min(len(raw), maxLine+1)])
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = lines.ReadSlice('\n')
	}
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), err
}

func (s *rules) add(line string) (problem string) {
	if line == "" || line[0] == '#' {
		return ""
	}
	if len(line) > maxLine {
		return "is longer than any rule"
	}
	text, kind, err := verify.ParseRule(line)
	if bad, ok := errors.AsType[*verify.ArgumentError](err); ok {
		return bad.Value + " " + bad.Problem
	}
	if len(s.text)+len(text) > mostBytes {
		return "is one too many: the names have 4 GiB at most"
	}
	s.names = append(s.names, name{uint32(len(s.text)), uint8(len(text)), kind})
	s.text = append(s.text, text...)
	return ""
}
