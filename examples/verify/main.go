// Verify says which addresses a policy would open. It reads one address a line on
// standard input and prints one JSON object a line:
//
//	$ cat policy.json
//	{"mode": "any", "domains": ["pay.example"]}
//	$ echo HTTPS://PAY.EXAMPLE/7 | go run ./examples/verify -policy policy.json
//	{"input":"HTTPS://PAY.EXAMPLE/7","ok":true,"canonical":"https://pay.example/7","host":"pay.example","method":"domain","reasons":[],"matches":[{"method":"domain","rule":"pay.example"}]}
//
// A line that begins with a quote is a JSON string, so that control bytes can be
// given; every other line is taken to the byte, without its line feed. A line
// has 64 KiB at most; of a longer one the beginning is shown and refused.
//
// # Output
//
//	input      the address as it was read; U+FFFD stands for what is no UTF-8
//	ok         whether it may be opened
//	canonical  what to open, never the input; "" if it is refused
//	host       its host; "" if it is refused
//	method     what accepted it: domain, string, signature, or several joined by +
//	reasons    why it was refused: of each method its name, a code for programs,
//	           and a sentence in English and in Chinese
//	matches    what in each method accepted: the rule, or the key and what is signed
//
// # The policy file
//
// One JSON object, of 16 MiB at most, each member optional:
//
//	mode         any (the default), all, or ordered: the first that has something to say
//	domains      rules of the legal-domain database: pay.example and every host below
//	             it, =host.example that host alone, *.host.example those below it
//	text         {"value": "payicbc", "where": "path"}: the agreed character string;
//	             where is path, query or anywhere (behind the host; the default).
//	             values, a list, is for several while they are changed
//	keys         the clearing institution's public keys, a JWK Set
//	merchant     whose signed codes alone are legal
//	scope        the widest that signatures may have: address (the default), prefix,
//	             host or domain
//	plain        true also accepts signatures of the domain alone
//	revoked      {"keys": [], "merchants": [], "codes": []}
//	development  true lets http pass for names below localhost
//
// A file that asks for no method refuses everything, and so does every error. A
// member that is not in this list, one that stands twice or is null is an error.
//
// It exits with status 0 when all lines were read, whatever was decided, 1 after
// an error, and 2 for a command line that it does not understand.
package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/anyscan/anyscan/examples/internal/program"
)

const usage = `verify reads one address a line on standard input, a JSON string where the line
begins with a quote, and prints one JSON object a line: whether a policy would
open it, what to open, and why not. go doc ./examples/verify has the policy file.

  echo https://pay.example/7 | go run ./examples/verify -policy policy.json

Usage: go run ./examples/verify -policy FILE

`

func main() {
	program.Main(func(ctx context.Context, args []string, _ io.Reader, out, stderr io.Writer) int {
		return run(ctx, args, os.Stdin, out, stderr)
	})
}

// run is the program.
func run(ctx context.Context, args []string, in io.Reader, out, stderr io.Writer) (status int) {
	var file string
	set := program.Flags("verify", usage, stderr)
	set.StringVar(&file, "policy", "", "the policy `FILE`")
	err := program.Parse(set, args, func() error {
		if file == "" {
			return errors.New("-policy is missing: name the policy file")
		}
		return nil
	})
	if err != nil {
		return program.Misread(err)
	}
	policy, err := readPolicy(file)
	if err == nil {
		lines := until(ctx, in)
		defer lines.Close()
		err = judgeLines(ctx, policy, lines, out)
	}
	return program.Status(stderr, "verify", err)
}
