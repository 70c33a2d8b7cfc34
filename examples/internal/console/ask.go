package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
)

// askConsent shows what will be paid and wants a yes.
func (h *Host) askConsent(ctx context.Context, p order.Page) error {
	h.say("\n  %s asks %s.\n", p.MerchantName, p.Total.String())
	for _, l := range p.Lines {
		h.say("    %d × %s at %s\n", l.Quantity, l.Name, l.Price.String())
	}
	return h.ask(ctx, "pay? y or n", func(answer string) (string, error) {
		switch strings.ToLower(answer) {
		case "y", "yes":
			return "", nil
		case "n", "no":
			return "", scan.ErrCanceled
		}
		return "is neither y nor n", nil
	})
}

// askAmount wants the amount on a page where the payer enters it, which is the
// payer's consent.
func (h *Host) askAmount(ctx context.Context, p order.Page) (a scan.Answer, err error) {
	h.say("\n  %s takes up to %s.\n", p.MerchantName, p.Max.String())
	err = h.ask(ctx, "how much, in "+p.Currency, func(answer string) (string, error) {
		var err error
		if a.Amount, err = order.ParseMoney(answer, p.Currency); err == nil {
			err = a.Amount.Validate()
		}
		switch {
		case err != nil:
			return "is not an amount: " + err.Error(), nil
		case a.Amount.Amount > p.Max.Amount:
			return "is more than " + p.Max.String(), nil
		}
		return "", nil
	})
	return a, err
}

// askGoods shows the merchandise and wants the numbers of what is chosen.
func (h *Host) askGoods(ctx context.Context, p order.Page) (a scan.Answer, err error) {
	h.say("\n  %s has:\n", p.MerchantName)
	for i, g := range p.Goods {
		h.say("    %d  %s, %s\n", i+1, g.Name, g.Price.String())
	}
	err = h.ask(ctx, "numbers, such as 1 or 1 3*2 for two of the third", func(answer string) (wrong string, _ error) {
		a.Choices, wrong = choices(p.Goods, answer)
		return wrong, nil
	})
	return a, err
}

// choices are the goods that the answer means, or what is wrong with it.
func choices(goods []order.Item, answer string) (chosen []order.Choice, wrong string) {
	for _, word := range strings.Fields(answer) {
		number, times, several := strings.Cut(word, "*")
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > len(goods) {
			return nil, fmt.Sprintf("has %q: the goods are 1 to %d", word, len(goods))
		}
		pieces := int64(1)
		if several {
			if pieces, err = strconv.ParseInt(times, 10, 32); err != nil {
				return nil, fmt.Sprintf("has %q: want a number of pieces after *", word)
			}
		}
		chosen = append(chosen, order.Choice{Item: goods[n-1].ID, Quantity: pieces})
	}
	if err := order.ValidateChoices(chosen); err != nil {
		return nil, "cannot be chosen: " + err.Error()
	}
	return chosen, ""
}

// askOffer shows the offers and wants one; Enter is the preselected or the first.
func (h *Host) askOffer(ctx context.Context, s gateway.Session) (name string, err error) {
	h.say("\n  %s to %s. Pay with:\n", s.Order.Total.String(), s.MerchantName)
	for i, o := range s.Offers {
		h.say("    %d  %s (%s)\n", i+1, o.Title, o.Name)
	}
	first := max(preselected(s), 0)
	err = h.ask(ctx, fmt.Sprintf("number or name, Enter for %d", first+1), func(answer string) (string, error) {
		if answer == "" {
			answer = strconv.Itoa(first + 1)
		}
		if name = pick(s.Offers, answer); name == "" {
			return fmt.Sprintf("is neither a number from 1 to %d nor one of the names", len(s.Offers)), nil
		}
		return "", nil
	})
	return name, err
}

// pick is the name of the offer that the answer means, by its number or by its
// name; "" when it means none.
func pick(offers []component.Offer, answer string) string {
	if n, err := strconv.Atoi(answer); err == nil && 1 <= n && n <= len(offers) {
		return offers[n-1].Name
	}
	i := slices.IndexFunc(offers, func(o component.Offer) bool {
		return strings.EqualFold(answer, o.Name) || strings.EqualFold(answer, o.Title)
	})
	if i < 0 {
		return ""
	}
	return offers[i].Name
}

// ask reads an answer, three times at most, until take says nothing against it.
func (h *Host) ask(ctx context.Context, question string, take func(answer string) (wrong string, err error)) error {
	for range 3 {
		h.say("  %s: ", question)
		answer, err := h.readLine(ctx)
		if err != nil {
			fmt.Fprintln(h.prompt)
			return err
		}
		wrong, err := take(answer)
		if err != nil || wrong == "" {
			return err
		}
		h.say("  %s %s.\n", strconv.Quote(answer), wrong)
	}
	return errNotUnderstood
}

// readLine waits for a line, or for the context. The end of the input is the
// person's no.
func (h *Host) readLine(ctx context.Context) (string, error) {
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
