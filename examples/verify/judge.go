package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/anyscan/anyscan/internal/plainjson"
	"github.com/anyscan/anyscan/verify"
)

const maxLine = 64 << 10 // bytes; an address has 2048, a JSON string six times as many

// verdict is a line of output.
type verdict struct {
	Input     string   `json:"input"`
	OK        bool     `json:"ok"`
	Canonical string   `json:"canonical"`
	Host      string   `json:"host"`
	Method    string   `json:"method"`
	Reasons   []reason `json:"reasons"`
	Matches   []match  `json:"matches"`
}

type reason struct {
	Method string `json:"method"`
	Code   string `json:"code"`
	En     string `json:"en"`
	Zh     string `json:"zh"`
}

type match struct {
	Method  string     `json:"method"`
	Rule    string     `json:"rule,omitempty"`
	Key     string     `json:"key,omitempty"`
	Code    string     `json:"code,omitempty"` // of the signed code, to revoke it by
	Expires *time.Time `json:"expires,omitempty"`
}

// judgeLines answers each line before it reads the next, so that another program
// can talk to it.
func judgeLines(ctx context.Context, policy verify.Verifier, in io.Reader, out io.Writer) error {
	lines := bufio.NewReaderSize(in, maxLine+1)
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	for ctx.Err() == nil {
		line, err := lines.ReadSlice('\n')
		if len(line) > 0 {
			if err := answers.Encode(judgeLine(ctx, policy, line)); err != nil {
				return err
			}
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			err = skipLine(lines)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// until reads in until ctx ends, also while nobody writes.
func until(ctx context.Context, in io.Reader) *io.PipeReader {
	r, w := io.Pipe()
	go func() {
		_, err := io.Copy(w, in)
		w.CloseWithError(err) // nil is the end
	}()
	context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) })
	return r
}

// skipLine drops the rest of a line that is too long.
func skipLine(lines *bufio.Reader) error {
	for {
		_, err := lines.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

func judgeLine(ctx context.Context, policy verify.Verifier, line []byte) verdict {
	text := strings.TrimSuffix(string(line), "\n")
	if len(text) > maxLine {
		return refused(text[:maxLine], reasonOf("input", verify.CodeTooLong, verify.CodeTooLong.Text("en")))
	}
	if strings.HasPrefix(text, `"`) {
		address, ok := unquote(text)
		if !ok {
			return refused(text, reason{"input", "json", "the line begins with a quote and is no JSON string", "该行以引号开头，但不是 JSON 字符串"})
		}
		text = address
	}
	return judge(ctx, policy, text)
}

// unquote reads a JSON string. One that is no Unicode text is none: the byte that
// it stands for would be another.
func unquote(line string) (address string, ok bool) {
	if plainjson.Check([]byte(line)) != nil {
		return "", false
	}
	err := json.Unmarshal([]byte(line), &address)
	return address, err == nil
}

func judge(ctx context.Context, policy verify.Verifier, address string) verdict {
	v, err := policy.Verify(ctx, address)
	if err != nil {
		return refused(address, reasonsOf(err)...)
	}
	answer := verdict{Input: address, OK: true, Canonical: v.Address.String(), Host: v.Address.Host(), Reasons: []reason{}}
	var methods []string
	for _, m := range v.Matches {
		methods = append(methods, m.Method)
		answer.Matches = append(answer.Matches, matchOf(m))
	}
	answer.Method = strings.Join(methods, "+")
	return answer
}

func matchOf(m verify.Match) match {
	shown := match{Method: m.Method, Rule: m.Rule, Key: m.Key}
	if m.Code != (verify.CodeID{}) {
		code, _ := m.Code.MarshalText()
		shown.Code = string(code)
	}
	if !m.Expires.IsZero() {
		shown.Expires = &m.Expires
	}
	return shown
}

func refused(address string, reasons ...reason) verdict {
	return verdict{Input: address, Reasons: reasons, Matches: []match{}}
}

func reasonsOf(err error) (all []reason) {
	rejected, ok := errors.AsType[*verify.RejectedError](err)
	if !ok {
		return []reason{reasonOf("", verify.CodeUndecided, verify.CodeUndecided.Text("en"))}
	}
	for _, r := range rejected.Reasons {
		all = append(all, reasonOf(r.Method, r.Code, r.Detail))
	}
	return all
}

func reasonOf(method string, c verify.Code, detail string) reason {
	return reason{method, string(c), detail, c.Text("zh")}
}
