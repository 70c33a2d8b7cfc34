package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/textproto"
	"sync"
	"time"

	"github.com/anyscan/anyscan/component/sandbox/internal/web"
)

const senders = 16 // notifications on their way at once

// letter is a notification that is due.
type letter struct {
	number, merchant string
	address          string
	status           status
}

// Run sends the notifications that are owed, also those from before a restart,
// until ctx ends; one Run at a time is enough. A notification is delivered when
// its receiver answers with a status from 200 to 299.
func (p *Provider) Run(ctx context.Context) {
	for ctx.Err() == nil {
		letters, pause := p.due()
		if len(letters) > 0 {
			p.send(ctx, letters)
			continue
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-p.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// due takes the notifications that are due, or says how long there is none.
func (p *Provider) due() (letters []letter, pause time.Duration) {
	pause = time.Hour
	err := p.do(func(now time.Time) error {
		for _, d := range p.ledger.debts {
			if wait := d.next.Sub(now); wait > 0 {
				pause = min(pause, wait)
				continue
			}
			y := d.payment
			s, err := y.letter(now)
			if err != nil {
				return err
			}
			letters = append(letters, letter{y.Number, y.merchant, y.Notify, s})
		}
		return nil
	})
	if err != nil {
		p.options.Log.Error("sandbox: notifications", "error", err)
	}
	return letters, pause
}

// send delivers letters, a few at a time, and waits for all of them.
func (p *Provider) send(ctx context.Context, letters []letter) {
	var wait sync.WaitGroup
	slots := make(chan struct{}, senders)
	for _, l := range letters {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			// Interrupted is neither delivered nor failed: it stays owed.
			if err := p.deliver(ctx, l); ctx.Err() == nil {
				p.settle(l, err)
			}
		})
	}
	wait.Wait()
}

func (p *Provider) deliver(ctx context.Context, l letter) error {
	body, err := json.Marshal(l.status)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, l.address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	notification(l.merchant, body).sign(p.keys[l.merchant], p.options.Now(), textproto.MIMEHeader(r.Header))
	answer, err := web.Do(p.options.Client, r)
	if err == nil && (answer.Status < 200 || answer.Status > 299) {
		err = fmt.Errorf("the receiver answered with status %d", answer.Status)
	}
	return err
}

// settle notes what became of a letter: delivered, to be sent again, or given
// up.
func (p *Provider) settle(l letter, failed error) {
	err := p.do(func(now time.Time) error {
		d := p.ledger.debts[l.number]
		if d == nil {
			return nil
		}
		if failed == nil {
			return p.ledger.record(entry{Kind: entryNotified, At: now, Merchant: l.merchant, Number: l.number})
		}
		p.options.Log.Warn("sandbox: notification", "number", l.number, "try", d.tries+1, "error", failed)
		if d.tries == len(p.options.Retry) {
			delete(p.ledger.debts, l.number)
			return nil
		}
		d.next = now.Add(p.options.Retry[d.tries])
		d.tries++
		return nil
	})
	if err != nil {
		p.options.Log.Error("sandbox: notification", "number", l.number, "error", err)
	}
}
