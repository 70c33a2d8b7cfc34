package verifytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/anyscan/anyscan/verify"
)

// Subject is a verifier under test and what it should say.
type Subject struct {
	Verifier verify.Verifier
	// Legal are canonical https addresses that it accepts; at least one.
	Legal []string
	// Illegal are canonical https addresses that it refuses; at least one.
	Illegal []string
}

// Run checks the contract of [verify.Verifier]. newSubject is called once for
// each promise.
func Run(t *testing.T, newSubject func(t *testing.T) Subject) {
	t.Helper()
	for _, p := range promises() {
		t.Run(p.name, func(t *testing.T) {
			s := newSubject(t)
			if len(s.Legal) == 0 || len(s.Illegal) == 0 {
				t.Fatal("verifytest: Legal and Illegal need at least one address each")
			}
			for _, problem := range p.check(t.Context(), s) {
				t.Errorf("%s\n%s", p.rule, problem)
			}
		})
	}
}

// promise is one rule of the contract. check returns how it was broken.
type promise struct {
	name, rule string
	check      func(context.Context, Subject) []string
}

func promises() []promise {
	return []promise{
		{"accepts", "A legal address is accepted; the verdict holds it and says which method accepted it.", accepts},
		{"canonical", "Another spelling of a legal address has the same verdict address: what is opened is canonical.", canonical},
		{"refuses", "An illegal address is refused.", refuses},
		{"door", "An address that programs read differently is refused, whatever it resembles.", door},
		{"cancelled", "A cancelled context is a refusal: who could not decide has refused.", cancelled},
		{"concurrent", "Verifying is safe for concurrent use.", concurrent},
	}
}

func accepts(ctx context.Context, s Subject) (problems []string) {
	for _, raw := range s.Legal {
		problems = append(problems, wantAccepted(ctx, s, raw, raw)...)
	}
	return problems
}

func canonical(ctx context.Context, s Subject) (problems []string) {
	for _, raw := range s.Legal {
		a, err := verify.Parse(raw, nil)
		if err != nil || a.String() != raw {
			return []string{fmt.Sprintf("Legal holds %q, which is not canonical: %v", raw, err)}
		}
		rest := strings.TrimPrefix(raw, "https://"+a.Host())
		problems = append(problems, wantAccepted(ctx, s, "HTTPS://"+strings.ToUpper(a.Host())+rest, raw)...)
		if a.Port() == 443 {
			problems = append(problems, wantAccepted(ctx, s, "https://"+a.Host()+":443"+rest, raw)...)
		}
	}
	return problems
}

func refuses(ctx context.Context, s Subject) (problems []string) {
	for _, raw := range s.Illegal {
		problems = append(problems, wantRefused(ctx, s, raw)...)
	}
	return problems
}

func door(ctx context.Context, s Subject) (problems []string) {
	for _, raw := range s.Legal {
		for _, c := range disguises(raw) {
			for _, problem := range wantRefused(ctx, s, c.raw) {
				problems = append(problems, c.why+": "+problem)
			}
		}
	}
	return problems
}

func cancelled(ctx context.Context, s Subject) (problems []string) {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	for _, raw := range s.Legal {
		problems = append(problems, wantRefused(ctx, s, raw)...)
	}
	return problems
}

func concurrent(ctx context.Context, s Subject) []string {
	var all [8][]string
	var group sync.WaitGroup
	for i := range all {
		group.Go(func() { all[i] = append(accepts(ctx, s), refuses(ctx, s)...) })
	}
	group.Wait()
	return slices.Concat(all[:]...)
}

func wantAccepted(ctx context.Context, s Subject, raw, want string) (problems []string) {
	v, err := s.Verifier.Verify(ctx, raw)
	switch {
	case err != nil:
		return []string{fmt.Sprintf("%q is refused: %v", raw, err)}
	case v.Address.String() != want:
		problems = append(problems, fmt.Sprintf("%q gives the address %q, want %q", raw, v.Address, want))
	case len(v.Matches) == 0 || v.Matches[0].Method == "":
		problems = append(problems, fmt.Sprintf("%q: the verdict names no method", raw))
	}
	return problems
}

func wantRefused(ctx context.Context, s Subject, raw string) (problems []string) {
	v, err := s.Verifier.Verify(ctx, raw)
	if err == nil {
		return []string{fmt.Sprintf("%q is accepted", raw)}
	}
	if v.Address != (verify.Address{}) || len(v.Matches) > 0 {
		problems = append(problems, fmt.Sprintf("%q: a verdict stands beside the error", raw))
	}
	rejected, ok := errors.AsType[*verify.RejectedError](err)
	if !ok || len(rejected.Reasons) == 0 || rejected.Reasons[0].Code == "" || rejected.Reasons[0].Detail == "" {
		return append(problems, fmt.Sprintf("%q: %T is no *verify.RejectedError with a code and a sentence; verify.Reject makes one", raw, err))
	}
	if rejected.Input != verify.Reject(raw).Input {
		problems = append(problems, fmt.Sprintf("%q: the error's Input is %q, not quoted as by verify.Reject", raw, rejected.Input))
	}
	return problems
}
