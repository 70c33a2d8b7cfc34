package component_test

import (
	"crypto/ed25519"
	"fmt"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Listing offers validates nothing, and an attempt's checks cost no more than one
// signature: both as ratios to one ed25519.Verify of the same run, at most 1.
func BenchmarkChecks(b *testing.B) {
	var twenty []component.Component
	for i := range 20 {
		twenty = append(twenty, coin{fmt.Sprint("coin-", i)})
	}
	r, err := component.NewRegistry(twenty...)
	if err != nil {
		b.Fatal(err)
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		b.Fatal(err)
	}
	message := make([]byte, 300)
	signature := ed25519.Sign(private, message)
	limit := rate(func() { ed25519.Verify(public, message, signature) })
	attempt := component.Attempt{ID: "a1", Amount: order.Money{Amount: 500, Currency: "CNY"}}
	evidence := component.Evidence{Outcome: component.OutcomeSucceeded, Attempt: "a1", Reference: "p1", Amount: attempt.Amount}
	action := component.Action{Redirect: &component.Redirect{Address: "https://wallet.example/pay"}}
	list := func() { r.Offers(component.Wanted{Amount: attempt.Amount, App: "camera"}) }
	for name, do := range map[string]func(){
		"20 offers": list,
		"one attempt": func() {
			list()
			if _, _, ok := r.Find("coin-19"); !ok || action.Validate() != nil || evidence.Check(attempt) != nil {
				b.Error("refused")
			}
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				do()
			}
			b.ReportMetric(limit/(float64(b.N)/b.Elapsed().Seconds()), "of-a-verify(≤1)")
		})
	}
	if got := testing.AllocsPerRun(100, list); got > 1 {
		b.Errorf("listing 20 offers allocates %v times, want once", got)
	}
}

// rate is how often something can be done in a second.
func rate(do func()) float64 {
	const times = 2000
	start := time.Now()
	for range times {
		do()
	}
	return times / time.Since(start).Seconds()
}
