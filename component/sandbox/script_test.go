package sandbox

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
)

// Scripts decide by amount or word, at once or later, once for each payment.
func TestScripts(t *testing.T) {
	for name, c := range map[string]struct {
		amount int64
		about  string
		first  component.Outcome
		later  component.Outcome // after a minute
	}{
		"by amount":                   {4242, "tea", component.OutcomeFailed, component.OutcomeFailed},
		"by word":                     {1000, "tea [sandbox:approve]", component.OutcomeSucceeded, component.OutcomeSucceeded},
		"the first that fits":         {4242, "[sandbox:approve]", component.OutcomeFailed, component.OutcomeFailed},
		"both, later":                 {500, "late tea", component.OutcomePending, component.OutcomeSucceeded},
		"both, and one fits":          {500, "tea", component.OutcomePending, component.OutcomePending},
		"none fits: there is a payer": {1000, "tea", component.OutcomePending, component.OutcomePending},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newQuietLab(t, &ProviderOptions{Scripts: []Script{
				{Amount: 4242, Button: wallet.Decline}, {Word: "[sandbox:approve]", Button: wallet.Approve},
				{Amount: 500, Word: "late", Button: wallet.Approve, After: 30 * time.Second}}})
			a := l.attempt()
			a.Amount.Amount, a.Description = c.amount, c.about
			for range 2 { // begun again
				if p, err := l.component.Begin(t.Context(), a); err != nil || p.Action == nil {
					t.Fatalf("%s: %+v, %v", name, p, err)
				}
			}
			if got := l.query(a).Outcome; got != c.first {
				t.Errorf("%s: %q at once, want %q", name, got, c.first)
			}
			time.Sleep(time.Minute)
			if got := l.query(a).Outcome; got != c.later {
				t.Errorf("%s: %q later, want %q", name, got, c.later)
			}
			if n := l.charges(a.ID); n > 1 {
				t.Errorf("%s: charged %d times", name, n)
			}
		})
	}
}

// Notifications come twice, or out of order, and each of them is genuine.
func TestNotificationsOfTroublesomeButtons(t *testing.T) {
	for button, want := range map[wallet.Decision][]component.Outcome{
		wallet.Twice:   {component.OutcomeSucceeded, component.OutcomeSucceeded},
		wallet.Reorder: {component.OutcomeSucceeded, component.OutcomePending},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newQuietLab(t, nil)
			l.run()
			a := l.decided(button)
			var got []component.Outcome
			for _, n := range l.arrivals() {
				l.component.options.Now = func() time.Time { return n.at }
				r, err := l.component.Receive(t.Context(), n.Notification)
				if err != nil || r.Evidence.Check(a) != nil {
					t.Errorf("%s: %+v, %v", button, r.Evidence, err)
					continue
				}
				got = append(got, r.Evidence.Outcome)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", button, diff)
			}
		})
	}
}

func TestScriptsThatCannotBe(t *testing.T) {
	for want, s := range map[string]Script{
		`script 1: the button "win" is not one of`: {Amount: 1, Button: "win"},
		"script 1 is for every payment":            {Button: wallet.Approve},
		"is below 0":                               {Amount: 1, Button: wallet.Approve, After: -1},
	} {
		_, err := NewProvider("https://wallet.test", nil, &ProviderOptions{Scripts: []Script{{Amount: 1, Button: wallet.Lost}, s}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want %q", err, want)
		}
	}
}
