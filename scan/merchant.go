package scan

import (
	"context"
	"fmt"
	"slices"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/verify"
)

// payment is one run of Pay: what each step found, for the next one.
type payment struct {
	*Payer
	code         Code
	page         order.Page
	confirmation order.Confirmation
	jump         order.PageJump
	gateway      string // the verified gateway address
	session      gateway.Session
	offer        string // component that was chosen
	attempt      *gateway.Attempt
}

// visit fetches the merchant page and lets the payer choose and confirm
// (claim 1, "receiving order confirmation information from a user").
func (y *payment) visit(ctx context.Context) error {
	if err := y.step(ctx, StepPage, func() (string, error) { return y.open(ctx) }); err != nil {
		return err
	}
	if y.page.Kind == order.PageShop {
		if err := y.step(ctx, StepSelect, func() (string, error) { return y.choose(ctx) }); err != nil {
			return err
		}
	}
	return y.step(ctx, StepConfirm, func() (string, error) { return y.ask(ctx) })
}

// open fetches the page behind the code. A code that was signed for one
// merchant does not pay another.
func (y *payment) open(ctx context.Context) (string, error) {
	page, err := y.peers.Storefront.Page(ctx, y.code.Address())
	if err == nil {
		err = page.Validate()
	}
	if err != nil {
		return "", err
	}
	bound := y.code.verdict.Merchant()
	if bound != (verify.Merchant{}) && bound != verify.MerchantOf(page.Merchant) {
		return "", fmt.Errorf("the code was signed for another merchant than %.64q", page.Merchant)
	}
	if page.Kind != order.PageDirect && page.Kind != order.PageShop {
		return "", fmt.Errorf("a code leads to a direct or shop page, this is %.16q", page.Kind)
	}
	y.page = page
	return fmt.Sprintf("%s, %s", page.MerchantName, page.Kind), nil
}

// choose lets the payer select goods and fetches the order information page,
// which must be about these goods at the prices that were displayed.
func (y *payment) choose(ctx context.Context) (string, error) {
	answer, err := y.peers.Host.Page(ctx, y.page)
	if err != nil {
		return "", err
	}
	if err := order.ValidateChoices(answer.Choices); err != nil {
		return "", err
	}
	review, err := y.peers.Storefront.Review(ctx, y.code.Address(), answer.Choices)
	if err != nil {
		return "", err
	}
	if err := checkReview(y.page, review, answer.Choices); err != nil {
		return "", err
	}
	y.page, y.confirmation.Choices = review, answer.Choices
	return fmt.Sprintf("%d kinds of goods, %s", len(review.Lines), review.Total), nil
}

func checkReview(shop, review order.Page, choices []order.Choice) error {
	if err := review.Validate(); err != nil {
		return err
	}
	sum, err := order.Sum(review.Lines)
	switch {
	case err != nil:
		return err
	case review.Kind != order.PageReview || review.Merchant != shop.Merchant || len(review.Lines) != len(choices):
		return fmt.Errorf("the order information page is not about what was chosen from %.64q", shop.Merchant)
	case sum != review.Total:
		return fmt.Errorf("the order information page says %s, its lines come to %s", review.Total, sum)
	}
	for i, l := range review.Lines {
		shown := slices.IndexFunc(shop.Goods, func(g order.Item) bool { return g.ID == l.Item && g.Price == l.Price })
		if l.Item != choices[i].Item || l.Quantity != choices[i].Quantity || shown < 0 {
			return fmt.Errorf("line %d of the order information page differs from the goods or the price that were displayed", i+1)
		}
	}
	return nil
}

// ask shows what will be paid. The payer's consent is for this revision of the
// page and this total.
func (y *payment) ask(ctx context.Context) (string, error) {
	answer, err := y.peers.Host.Page(ctx, y.page)
	if err != nil {
		return "", err
	}
	total := y.page.Total
	if total == (order.Money{}) {
		total = answer.Amount
	}
	y.confirmation.Merchant = y.page.Merchant
	y.confirmation.Revision = y.page.Revision
	y.confirmation.Total = total
	y.confirmation.Key = string(order.NewID(y.options.Now()))
	return total.String(), y.confirmation.Validate()
}

// send sends the confirmation and verifies where the acquirer sends the
// terminal on to.
func (y *payment) send(ctx context.Context) error {
	err := y.step(ctx, StepOrder, func() (detail string, err error) {
		y.jump, err = y.peers.Storefront.Confirm(ctx, y.code.Address(), y.confirmation)
		return "order " + string(y.jump.Order), err
	})
	if err != nil {
		return err
	}
	return y.enter(ctx, y.jump.Address)
}

// enter verifies the gateway address before anything is sent there.
func (y *payment) enter(ctx context.Context, address string) error {
	return y.step(ctx, StepGateway, func() (string, error) {
		verdict, err := y.peers.Gateways.Verify(ctx, address)
		if err != nil {
			return "", err
		}
		y.gateway = verdict.Address.String()
		return describe(verdict), nil
	})
}
