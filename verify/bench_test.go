package verify_test

import (
	"crypto/ed25519"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/anyscan/anyscan/verify"
)

// ratio runs ours and theirs in turn and reports how much time ours takes of
// theirs, each by the lower quartile of many short runs: on a busy machine another
// program's work falls into some.
func ratio(b *testing.B, unit string, ours, theirs func()) {
	const batch = 32
	var a, z []time.Duration
	for b.Loop() {
		t0 := time.Now()
		for range batch {
			ours()
		}
		t1 := time.Now()
		for range batch {
			theirs()
		}
		a, z = append(a, t1.Sub(t0)), append(z, time.Since(t1))
	}
	quartile := func(all []time.Duration) float64 {
		slices.Sort(all)
		return float64(all[len(all)/4])
	}
	b.ReportMetric(quartile(a)/quartile(z), unit)
	b.ReportMetric(quartile(a)/batch, "ns/ours")
	b.ReportMetric(testing.AllocsPerRun(100, ours), "allocs/ours")
}

func BenchmarkParse(b *testing.B) {
	const raw = "https://qr.sampledomain.example/MPM/3/2811kh10100?amount=100&currency=CNY"
	ratio(b, "of_url.Parse(limit_0.5)",
		func() { _, _ = verify.Parse(raw, nil) },
		func() { _, _ = url.Parse(raw) })
}

func BenchmarkSignature(b *testing.B) {
	a := mustParse(b, sign(b, 1, "https://qr.sampledomain.example/MPM/3/2811kh10100?amount=100", verify.Claims{}))
	m, err := verify.NewSignature([]verify.Key{public(1)}, nil)
	if err != nil {
		b.Fatal(err)
	}
	key := testKey(1).Public().(ed25519.PublicKey)
	message := []byte(a.String()) // as long as what the envelope signs
	signature := ed25519.Sign(testKey(1), message)
	ratio(b, "of_ed25519.Verify(limit_1.05)",
		func() { _, _ = m.Check(b.Context(), a, noon()) },
		func() { ed25519.Verify(key, message, signature) })
}

func BenchmarkPolicy(b *testing.B) {
	signed := sign(b, 1, "https://qr.sampledomain.example/MPM/3/2811kh10100?amount=100", verify.Claims{})
	p := signaturePolicy(b, nil, public(1))
	key := testKey(1).Public().(ed25519.PublicKey)
	signature := ed25519.Sign(testKey(1), []byte(signed))
	ratio(b, "of_ed25519.Verify(limit_1.05)",
		func() { _, _ = p.Verify(b.Context(), signed) },
		func() { ed25519.Verify(key, []byte(signed), signature) })
}

func BenchmarkDomains(b *testing.B) {
	m, err := verify.NewDomains([]string{"pay.example"})
	if err != nil {
		b.Fatal(err)
	}
	a := mustParse(b, "https://a.b.pay.example/")
	ratio(b, "of_url.Parse",
		func() { _, _ = m.Check(b.Context(), a, noon()) },
		func() { _, _ = url.Parse(a.String()) })
}
