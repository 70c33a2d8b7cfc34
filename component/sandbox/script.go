package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
)

// A Script presses a button by itself, for tests of whole systems that have no payer.
// It is for payments of an amount, of a word in their description, or of both.
type Script struct {
	Amount int64           // minor units of whatever currency; 0 means any
	Word   string          // that the description holds; "" means any
	Button wallet.Decision // to press
	After  time.Duration   // the payment was made; until then it is pending
}

func (s Script) fits(y *payment) bool {
	return (s.Amount == 0 || s.Amount == y.Amount) && (s.Word == "" || strings.Contains(y.Description, s.Word))
}

func checkScripts(o *ProviderOptions) error {
	if o == nil {
		return nil
	}
	var errs []error
	for i, s := range o.Scripts {
		switch {
		case !slices.Contains(decisions(), s.Button):
			errs = append(errs, fmt.Errorf("script %d: the button %.40q is not one of %v", i, s.Button, decisions()))
		case s.Amount == 0 && s.Word == "":
			errs = append(errs, fmt.Errorf("script %d is for every payment: want an amount or a word", i))
		case s.Amount < 0 || s.After < 0:
			errs = append(errs, fmt.Errorf("script %d: the amount %d or the time %v is below 0", i, s.Amount, s.After))
		}
	}
	return errors.Join(errs...)
}

// play decides a payment by the first script that fits.
func (p *Provider) play(y *payment, now time.Time) error {
	i := slices.IndexFunc(p.options.Scripts, func(s Script) bool { return s.fits(y) })
	if state, _, _ := y.state(now); i < 0 || y.decision != "" || state != component.OutcomePending {
		return nil
	}
	s := p.options.Scripts[i]
	return p.decide(y, s.Button, now, now.Add(s.After))
}
