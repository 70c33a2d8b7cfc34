package verify_test

import (
	"crypto/ed25519"
	"net/url"
	"testing"
	"time"

	"github.com/anyscan/anyscan/verify"
)

// ratio runs ours and theirs in turn and reports how much time ours takes of
// theirs, so that a busy machine slows both.
func ratio(b *testing.B, unit string, ours, theirs func()) {
	var a, z time.Duration
	for b.Loop() {
		t0 := time.Now()
		for range 64 {
			ours()
		}
		t1 := time.Now()
		for range 64 {
			theirs()
		}
		a, z = a+t1.Sub(t0), z+time.Since(t1)
	}
	b.ReportMetric(float64(a)/float64(z), unit)
	b.ReportMetric(float64(a.Nanoseconds())/float64(b.N*64), "ns/ours")
	b.ReportMetric(testing.AllocsPerRun(100, ours), "allocs/ours")
}

func BenchmarkParse(b *testing.B) {
	const raw = "https://qr.sampledomain.example/MPM/3/2811kh10100?amount=100&currency=CNY"
	ratio(b, "of_url.Parse",
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
	message := []byte(a.String())
	signature := ed25519.Sign(testKey(1), message)
	ratio(b, "of_ed25519.Verify",
		func() { _, _ = m.Check(b.Context(), a, noon()) },
		func() { ed25519.Verify(key, message, signature) })
}

func BenchmarkPolicy(b *testing.B) {
	signed := sign(b, 1, "https://qr.sampledomain.example/MPM/3/2811kh10100?amount=100", verify.Claims{})
	p := signaturePolicy(b, nil, public(1))
	key := testKey(1).Public().(ed25519.PublicKey)
	signature := ed25519.Sign(testKey(1), []byte(signed))
	ratio(b, "of_ed25519.Verify",
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
