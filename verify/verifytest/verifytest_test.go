package verifytest

import (
	"context"
	"crypto/ed25519"
	"errors"
	"testing"
	"time"

	"github.com/anyscan/anyscan/verify"
)

const (
	legal   = "https://pay.example/pages/agreed?m=1"
	illegal = "https://evil.test/pages/other?m=1"
)

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func domains(t *testing.T) verify.Method {
	return must[*verify.Domains](t)(verify.NewDomains([]string{"pay.example"}))
}

func agreed(t *testing.T) verify.Method {
	return must[*verify.AgreedString](t)(verify.NewAgreedString([]string{"agreed"}, nil))
}

// signature also returns an address that the method accepts.
func signature(t *testing.T) (verify.Method, string) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	a := must[verify.Address](t)(verify.Parse("https://pay.example:8443/agreed?", nil))
	signed := must[verify.Address](t)(verify.Sign(key, a, verify.Claims{Expires: time.Now().Add(time.Hour)}))
	m := must[*verify.Signature](t)(verify.NewSignature([]verify.Key{{Public: key.Public()}}, nil))
	return m, signed.String()
}

func TestPolicy(t *testing.T) {
	for name, newSubject := range map[string]func(t *testing.T) Subject{
		"hosts": func(t *testing.T) Subject {
			p := must[*verify.Policy](t)(verify.Hosts([]string{"pay.example"}, nil))
			return Subject{p, []string{legal}, []string{illegal, "https://a.pay.example/"}}
		},
		"any": func(t *testing.T) Subject {
			m, signed := signature(t)
			p := must[*verify.Policy](t)(verify.Any([]verify.Method{m, domains(t)}, nil))
			return Subject{p, []string{legal, signed}, []string{illegal}}
		},
		"all": func(t *testing.T) Subject {
			m, signed := signature(t)
			p := must[*verify.Policy](t)(verify.All([]verify.Method{domains(t), agreed(t), m}, nil))
			return Subject{p, []string{signed}, []string{illegal, legal}}
		},
		"agreed string": func(t *testing.T) Subject {
			p := must[*verify.Policy](t)(verify.Any([]verify.Method{agreed(t)}, nil))
			return Subject{p, []string{legal}, []string{illegal}}
		},
	} {
		t.Run(name, func(t *testing.T) { Run(t, newSubject) })
	}
}

// verifierFunc makes a broken verifier out of a function.
type verifierFunc func(ctx context.Context, raw string) (verify.Verdict, error)

func (f verifierFunc) Verify(ctx context.Context, raw string) (verify.Verdict, error) {
	return f(ctx, raw)
}

// breaker is a verifier and the promise that it breaks.
type breaker struct {
	name, promise string
	verifier      verifierFunc
}

// Each promise catches the verifier that breaks it.
func TestRunCatches(t *testing.T) {
	good := must[*verify.Policy](t)(verify.Hosts([]string{"pay.example"}, nil))
	for _, b := range append(blind(), spoilt(t, good)...) {
		t.Run(b.name, func(t *testing.T) {
			subject := Subject{b.verifier, []string{legal}, []string{illegal}}
			for _, p := range promises() {
				if p.name == b.promise && len(p.check(t.Context(), subject)) == 0 {
					t.Errorf("%q did not catch it", b.promise)
				}
			}
		})
	}
}

// blind are verifiers that verify nothing.
func blind() []breaker {
	return []breaker{
		{"refuses all", "accepts", func(_ context.Context, raw string) (verify.Verdict, error) {
			return verify.Verdict{}, verify.Reject(raw)
		}},
		{"accepts all it can read", "refuses", func(_ context.Context, raw string) (verify.Verdict, error) {
			a, err := verify.Parse(raw, nil)
			if err != nil {
				return verify.Verdict{}, verify.Reject(raw)
			}
			return verify.Verdict{Address: a, Matches: []verify.Match{{Method: "yes"}}}, nil
		}},
	}
}

// spoilt are verifiers that do one thing otherwise than a good one.
func spoilt(t *testing.T, good verify.Verifier) []breaker {
	return []breaker{
		{"names no method", "accepts", func(ctx context.Context, raw string) (verify.Verdict, error) {
			v, err := good.Verify(ctx, raw)
			v.Matches = nil
			return v, err
		}},
		{"compares bytes", "canonical", func(ctx context.Context, raw string) (verify.Verdict, error) {
			if raw != legal {
				return verify.Verdict{}, verify.Reject(raw)
			}
			return good.Verify(ctx, raw)
		}},
		{"forgets the type", "refuses", func(ctx context.Context, raw string) (verify.Verdict, error) {
			v, err := good.Verify(ctx, raw)
			if err != nil {
				err = errors.New("no")
			}
			return v, err
		}},
		{"leaves a verdict", "refuses", func(ctx context.Context, raw string) (verify.Verdict, error) {
			a, _ := verify.Parse(raw, nil)
			_, err := good.Verify(ctx, raw)
			return verify.Verdict{Address: a}, err
		}},
		{"echoes the input", "door", func(ctx context.Context, raw string) (verify.Verdict, error) {
			v, err := good.Verify(ctx, raw)
			if r, ok := errors.AsType[*verify.RejectedError](err); ok {
				r.Input = raw
			}
			return v, err
		}},
		{"ignores the context", "cancelled", func(_ context.Context, raw string) (verify.Verdict, error) {
			return good.Verify(context.Background(), raw)
		}},
		{"has development on", "door", func(ctx context.Context, raw string) (verify.Verdict, error) {
			d := must[*verify.Domains](t)(verify.NewDomains([]string{"pay.example", "example.localhost"}))
			p := must[*verify.Policy](t)(verify.Any([]verify.Method{d}, &verify.Options{Development: true}))
			return p.Verify(ctx, raw)
		}},
	}
}
