package order

import "fmt"

// Validate checks a request for a refund and returns an *[Error] with every problem.
// Whether so much is left is for the acquirer and the gateway to say.
func (r RefundRequest) Validate() error {
	var p problems
	p.id("/id", r.ID)
	p.money("/amount", r.Amount)
	p.text("/reason", r.Reason, maxText, false)
	return p.err("the refund is not valid")
}

// refunds checks what a gateway says of an order's refunds.
func (p *problems) refunds(s Status) {
	if len(s.Refunds) == 0 {
		return
	}
	if s.Payment == nil {
		p.add("/refunds", "belong to an order that is paid, and to no other")
		return
	}
	if len(s.Refunds) > MaxRefunds {
		p.add("/refunds", "has %d entries: at most %d", len(s.Refunds), MaxRefunds)
		return
	}
	seen := map[ID]bool{}
	for i, r := range s.Refunds {
		at := fmt.Sprintf("/refunds/%d", i)
		p.refund(at, r, s.Payment.Amount)
		if seen[r.ID] {
			p.add(at+"/id", "stands twice")
		}
		seen[r.ID] = true
	}
	if Left(s.Payment.Amount, s.Refunds) < 0 {
		p.add("/refunds", "come to more than the payment, %s", s.Payment.Amount)
	}
}

func (p *problems) refund(at string, r Refund, paid Money) {
	p.id(at+"/id", r.ID)
	p.text(at+"/number", r.Number, maxName, true)
	p.offered(at+"/amount", r.Amount, paid.Currency)
	if r.Amount.Amount < 1 || r.Amount.Amount > paid.Amount {
		p.add(at+"/amount", "is %s of %s", r.Amount, paid)
	}
	p.text(at+"/reason", r.Reason, maxText, false)
	p.text(at+"/failure", r.Failure, maxName, r.State == RefundFailed)
	p.text(at+"/reference", r.Reference, maxName, r.State == RefundSucceeded)
	switch r.State {
	case RefundPending, RefundSucceeded, RefundFailed:
	default:
		p.add(at+"/state", "is %.40q: want pending, succeeded or failed", r.State)
	}
	if (r.State == RefundSucceeded) != !r.Moved.IsZero() {
		p.add(at+"/moved", "belongs to a refund that succeeded, and to no other")
	}
	if r.Created.IsZero() || r.Changed.Before(r.Created) {
		p.add(at+"/changed", "is before created, or one of them is missing")
	}
}

func (p *problems) id(path string, id ID) {
	if _, err := ParseID(string(id)); err != nil {
		p.add(path, "%v", err)
	}
}
