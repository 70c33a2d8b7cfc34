package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
)

// host is the app around the terminal, for a person at a keyboard or for
// nobody: then it agrees to everything.
type host struct {
	pay    string        // the component to choose; "" asks
	person *bufio.Reader // nil when there is nobody to ask
	prompt io.Writer
	chose  string // what was chosen without asking, and why; "" when it was asked
}

var _ scan.Host = (*host)(nil)

func newHost(pay string, person io.Reader, prompt io.Writer) *host {
	h := &host{pay: pay, prompt: prompt}
	if person != nil {
		h.person = bufio.NewReader(person)
	}
	return h
}

// Page agrees to the merchant page. In the shop it takes two of the first
// goods and one of the second; where an amount is wanted, 10.00.
func (h *host) Page(_ context.Context, p order.Page) (scan.Answer, error) {
	switch {
	case p.Kind == order.PageShop:
		var a scan.Answer
		for i, item := range p.Goods[:min(2, len(p.Goods))] {
			a.Choices = append(a.Choices, order.Choice{Item: item.ID, Quantity: int64(2 - i)})
		}
		return a, nil
	case p.Total == order.Money{}:
		amount, err := order.ParseMoney("10", p.Currency)
		return scan.Answer{Amount: amount}, err
	}
	return scan.Answer{}, nil
}

// Choose takes the component that the command line named, asks the person, or
// takes the first. After a failure only a person tries again.
func (h *host) Choose(ctx context.Context, s gateway.Session) (string, error) {
	failed := ""
	if s.Attempt != nil && s.Attempt.State == gateway.AttemptFailed {
		failed = fmt.Sprintf("%s failed: %s", s.Attempt.Component, s.Attempt.Reason)
	}
	h.chose = ""
	switch {
	case len(s.Offers) == 0:
		return "", fmt.Errorf("the gateway offers no component for %s", s.Order.Total)
	case failed != "" && h.person == nil:
		return "", fmt.Errorf("%s, and nobody is there to choose again: %w", failed, scan.ErrCanceled)
	case failed != "":
		fmt.Fprintf(h.prompt, "\n  %s. Nothing was paid.\n", printable(failed))
		return h.ask(ctx, s)
	case h.pay != "":
		h.chose = h.pay + ", by -pay"
		return h.pay, nil
	case h.person == nil:
		h.chose = s.Offers[0].Name + ", the first offer: nobody was asked"
		return s.Offers[0].Name, nil
	}
	return h.ask(ctx, s)
}

// ask shows the offers and reads the answer, three times at most.
func (h *host) ask(ctx context.Context, s gateway.Session) (string, error) {
	fmt.Fprintf(h.prompt, "\n  %s to %s. Pay with:\n", s.Order.Total, printable(s.MerchantName))
	for i, o := range s.Offers {
		fmt.Fprintf(h.prompt, "    %d  %s (%s)\n", i+1, printable(o.Title), o.Name)
	}
	for range 3 {
		fmt.Fprintf(h.prompt, "  number or name, Enter for 1: ")
		answer, err := h.readLine(ctx)
		if err != nil {
			fmt.Fprintln(h.prompt)
			return "", err
		}
		if name := pick(s.Offers, answer); name != "" {
			return name, nil
		}
		fmt.Fprintf(h.prompt, "  %q is neither a number from 1 to %d nor one of the names.\n", answer, len(s.Offers))
	}
	return "", errors.New("no component was chosen in three answers")
}

// pick is the name of the offer that the answer means: the first, by its
// number, or by its name; "" when it means none.
func pick(offers []component.Offer, answer string) string {
	if answer == "" {
		return offers[0].Name
	}
	if n, err := strconv.Atoi(answer); err == nil && 1 <= n && n <= len(offers) {
		return offers[n-1].Name
	}
	for _, o := range offers {
		if strings.EqualFold(answer, o.Name) || strings.EqualFold(answer, o.Title) {
			return o.Name
		}
	}
	return ""
}

// Result has nothing to do: pay prints how both servers hold the order.
func (h *host) Result(context.Context, scan.Result) error { return nil }

// readLine waits for a line, or for the context. The end of the input is the
// person's no.
func (h *host) readLine(ctx context.Context) (string, error) {
	type answer struct {
		line string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		line, err := h.person.ReadSlice('\n') // as long as its buffer at most
		got <- answer{strings.TrimSpace(string(line)), err}
	}()
	select {
	case a := <-got:
		if errors.Is(a.err, io.EOF) {
			return "", scan.ErrCanceled
		}
		return a.line, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
