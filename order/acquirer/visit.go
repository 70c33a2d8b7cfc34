package acquirer

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/verify"
)

// Page implements [order.Storefront].
func (s *Server) Page(ctx context.Context, address string) (order.Page, error) {
	return s.show(ctx, "acquirer.Page", address, Merchant.page)
}

// Review implements [order.Storefront].
func (s *Server) Review(ctx context.Context, address string, choices []order.Choice) (order.Page, error) {
	return s.show(ctx, "acquirer.Review", address, func(m Merchant) (order.Page, error) { return m.review(choices) })
}

// show makes a page behind a code that may be opened.
func (s *Server) show(ctx context.Context, op, address string, page func(Merchant) (order.Page, error)) (order.Page, error) {
	v, err := s.visit(ctx, op, address)
	if err == nil {
		err = s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
			_, err := s.usable(ctx, tx, op, v)
			return err
		})
	}
	if err != nil {
		return order.Page{}, s.fail(ctx, op, err)
	}
	p, err := page(v.merchant)
	return p, s.fail(ctx, op, err)
}

// visit finds the merchant behind a code address that may be opened. Whether the
// code was taken back, usable tells.
func (s *Server) visit(ctx context.Context, op, address string) (v visited, err error) {
	id, err := s.merchantAt(op, address)
	if err != nil {
		return v, err
	}
	if v.merchant, err = s.merchant(ctx, op, id); err != nil {
		return v, err
	}
	verdict, err := s.legal(ctx, op, address, id)
	if err != nil {
		return v, err
	}
	v.sum = codeSum(address)
	if text := verdict.Address.String(); text != "" {
		v.sum = codeSum(text)
	}
	v.signed = slices.ContainsFunc(verdict.Matches, func(m verify.Match) bool { return m.Key != "" })
	amount, named, err := amountIn(address)
	switch {
	case !named:
		return v, nil
	case err != nil:
		return v, order.Errorf(order.CodeRefused, op, "%s", err)
	case !v.signed:
		return v, order.Errorf(order.CodeRefused, op, "the code names an amount that nobody has signed")
	case amount.Currency != v.merchant.Currency:
		return v, order.Errorf(order.CodeRefused, op, "the code is for %s: the merchant takes %s", amount, v.merchant.Currency)
	}
	v.dynamic, v.merchant.Direct, v.merchant.Goods = true, &Direct{Amount: amount}, nil
	return v, nil
}

// merchant is the catalogue's, fit to be shown.
func (s *Server) merchant(ctx context.Context, op, id string) (Merchant, error) {
	m, err := s.catalog.Merchant(ctx, id)
	if err != nil {
		return Merchant{}, s.fail(ctx, op, err)
	}
	if err := m.Validate(); err != nil || m.ID != id {
		s.logger.ErrorContext(ctx, "the catalogue's merchant cannot be shown", "merchant", id, "catalogue_id", m.ID, "err", err)
		return Merchant{}, order.Errorf(order.CodeInternal, op, "the merchant's page cannot be shown now")
	}
	return m, nil
}

// merchantAt is the ID of the merchant whose code leads to the address.
func (s *Server) merchantAt(op, address string) (string, error) {
	id, ok := s.below(codePath, address)
	if !ok || order.CheckIdentifier(id) != nil {
		return "", noMerchant(op)
	}
	return id, nil
}

// legal checks the code's address. Without [Options.Verify] the verdict is empty.
func (s *Server) legal(ctx context.Context, op, address, merchant string) (verify.Verdict, error) {
	if s.options.Verify == nil {
		return verify.Verdict{}, nil
	}
	verdict, err := s.options.Verify.Verify(ctx, address)
	if ctx.Err() != nil {
		return verify.Verdict{}, s.fail(ctx, op, ctx.Err())
	}
	bound := verdict.Merchant()
	if err == nil && bound != (verify.Merchant{}) && bound != verify.MerchantOf(merchant) {
		return verify.Verdict{}, order.Errorf(order.CodeRefused, op, "the code was signed for another merchant")
	}
	if err != nil {
		return verify.Verdict{}, &order.Error{Code: order.CodeRefused, Op: op, Detail: "the code may not be opened" + reasons(err), Err: err}
	}
	return verdict, nil
}

// reasons are the sentences of a refusal; what caused it stays here.
func reasons(err error) string {
	rejected, ok := errors.AsType[*verify.RejectedError](err)
	if !ok {
		return ""
	}
	var text []string
	for _, r := range rejected.Reasons {
		text = append(text, r.Detail)
	}
	return ": " + strings.Join(text, "; ")
}
