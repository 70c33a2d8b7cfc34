package acquirer

import (
	"context"
	"errors"
	"strings"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/verify"
)

// Page implements [order.Storefront].
func (s *Server) Page(ctx context.Context, address string) (order.Page, error) {
	m, err := s.visit(ctx, "acquirer.Page", address)
	if err != nil {
		return order.Page{}, err
	}
	p, err := m.page()
	return p, s.fail(ctx, "acquirer.Page", err)
}

// Review implements [order.Storefront].
func (s *Server) Review(ctx context.Context, address string, choices []order.Choice) (order.Page, error) {
	m, err := s.visit(ctx, "acquirer.Review", address)
	if err != nil {
		return order.Page{}, err
	}
	p, err := m.review(choices)
	return p, s.fail(ctx, "acquirer.Review", err)
}

// visit finds the merchant behind a code address that may be opened.
func (s *Server) visit(ctx context.Context, op, address string) (Merchant, error) {
	id, err := s.merchantAt(op, address)
	if err != nil {
		return Merchant{}, err
	}
	m, err := s.catalog.Merchant(ctx, id)
	if err != nil {
		return Merchant{}, s.fail(ctx, op, err)
	}
	if err := m.Validate(); err != nil || m.ID != id {
		s.logger.ErrorContext(ctx, "the catalogue's merchant cannot be shown", "merchant", id, "catalogue_id", m.ID, "err", err)
		return Merchant{}, order.Errorf(order.CodeInternal, op, "the merchant's page cannot be shown now")
	}
	return m, s.legal(ctx, op, address, id)
}

// merchantAt is the ID of the merchant whose code leads to the address.
func (s *Server) merchantAt(op, address string) (string, error) {
	id, ok := s.below(codePath, address)
	if !ok || order.CheckIdentifier(id) != nil {
		return "", noMerchant(op)
	}
	return id, nil
}

// legal checks the code itself.
func (s *Server) legal(ctx context.Context, op, address, merchant string) error {
	if s.options.Verify == nil {
		return nil
	}
	verdict, err := s.options.Verify.Verify(ctx, address)
	if ctx.Err() != nil {
		return s.fail(ctx, op, ctx.Err())
	}
	bound := verdict.Merchant()
	if err == nil && bound != (verify.Merchant{}) && bound != verify.MerchantOf(merchant) {
		return order.Errorf(order.CodeRefused, op, "the code was signed for another merchant")
	}
	if err != nil {
		return &order.Error{Code: order.CodeRefused, Op: op, Detail: "the code may not be opened" + reasons(err), Err: err}
	}
	return nil
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
