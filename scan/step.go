package scan

import (
	"context"
	"fmt"
	"time"
)

// Step names a step of a payment.
type Step string

// The steps, in their order.
const (
	StepScan    Step = "scan"    // decode the picture
	StepVerify  Step = "verify"  // is the code address legal?
	StepPage    Step = "page"    // fetch the merchant page
	StepSelect  Step = "select"  // in a shop: choose goods, fetch the order information page
	StepConfirm Step = "confirm" // ask the payer
	StepOrder   Step = "order"   // send the confirmation, receive the page jump
	StepGateway Step = "gateway" // is the gateway address legal?
	StepSession Step = "session" // open it
	StepChoose  Step = "choose"  // as instructed, or ask the payer
	StepBegin   Step = "begin"   // begin an attempt
	StepAct     Step = "act"     // hand over to the paying app or the browser
	StepReturn  Step = "return"  // come back, until the attempt is decided
	StepResult  Step = "result"  // show the result
)

// StepError says at which step a payment stopped, and why.
type StepError struct {
	Step Step
	Err  error
}

// Error names the step, then the cause.
func (e *StepError) Error() string { return fmt.Sprintf("scan: %s: %v", e.Step, e.Err) }

// Unwrap is the cause.
func (e *StepError) Unwrap() error { return e.Err }

// Report is one finished step.
type Report struct {
	Step   Step
	Detail string        // one line for people
	Took   time.Duration // the payer's own time included
	Err    error         // nil when the payment goes on
}

// step runs one step, reports it, and names it in the error. A context that has
// ended stops the payment before the step begins.
func (p *Payer) step(ctx context.Context, s Step, run func() (detail string, err error)) error {
	begin := p.options.Now()
	var detail string
	err := ctx.Err()
	if err == nil {
		detail, err = run()
	}
	if err != nil {
		err = &StepError{Step: s, Err: err}
	}
	if p.options.OnStep != nil {
		p.options.OnStep(ctx, Report{Step: s, Detail: detail, Took: p.options.Now().Sub(begin), Err: err})
	}
	return err
}
