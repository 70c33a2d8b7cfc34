package examples_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/order/store"
)

// What a server that will be killed is run with: as local.System makes it, or with
// amber charging by itself, correctly or with a bug that the crash test has to find.
const (
	seedNone        = ""
	seedCorrect     = "correct"
	seedAcknowledge = "acknowledges before the commit"
	seedKey         = "charges under a new key when retried"
	seedOutbox      = "owes outside the transaction"
)

// seed changes a system, which has no server yet, into one with the bug.
func seed(s *local.System, bug string) error {
	switch bug {
	case seedNone:
		return nil
	case seedCorrect, seedKey:
	case seedAcknowledge, seedOutbox:
		s.Store = func(ctx context.Context, path string) (*store.Store, error) { return openFaulty(ctx, path, bug) }
	default:
		return fmt.Errorf("there is no bug %q", bug)
	}
	app, err := wallet.New(s.Wallet, &wallet.Options{Client: s.Client()})
	s.Component = func(c component.Component) component.Component {
		if c.Describe().Name != onFileName {
			return c
		}
		if bug == seedKey {
			return forgetful{onFile{c, app}}
		}
		return onFile{c, app}
	}
	return err
}

// onFileName is the component that charges by itself.
const onFileName = "amber"

// onFile is a wallet that the gateway may charge by itself, as a card on file: to
// begin is to pay. Whoever begins twice pays twice, unless the company knows the
// number again.
type onFile struct {
	component.Component
	payer *wallet.App
}

// Unwrap gives access to what the wallet is able to do besides.
func (c onFile) Unwrap() component.Component { return c.Component }

func (c onFile) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	p, err := c.Component.Begin(ctx, a)
	if err != nil || p.Action == nil {
		return p, err
	}
	if _, err := c.payer.Invoke(ctx, *p.Action); err != nil {
		return component.Progress{}, err
	}
	p.Action = nil
	e, err := component.Ask(ctx, c.Component, a)
	p.Evidence = &e
	return p, err
}

// forgetful gives the company a new number each time it begins.
type forgetful struct{ onFile }

func (c forgetful) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	own := a.ID
	a.ID += strings.ToLower(rand.Text()[:4])
	p, err := c.onFile.Begin(ctx, a)
	if p.Evidence != nil {
		p.Evidence.Attempt = own
	}
	return p, err
}

// Query does not know under which number it was begun.
func (forgetful) Query(_ context.Context, a component.Attempt) (component.Evidence, error) {
	return component.Evidence{Outcome: component.OutcomePending, Attempt: a.ID, Reference: a.Reference}, nil
}

func (c forgetful) Receive(ctx context.Context, n component.Notification) (component.Received, error) {
	receiver, ok := component.As[component.Receiver](c.Component)
	if !ok {
		return component.Received{}, errors.New("the wallet takes no notifications")
	}
	r, err := receiver.Receive(ctx, n)
	if r.Evidence != nil {
		r.Evidence.Attempt = r.Evidence.Attempt[:len(r.Evidence.Attempt)-4]
	}
	return r, err
}
