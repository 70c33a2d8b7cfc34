package order_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
)

// problemPaths are where an error says that something is wrong.
func problemPaths(err error) (code order.Code, at []string) {
	e, ok := errors.AsType[*order.Error](err)
	if !ok {
		return order.CodeOf(err), nil
	}
	for _, p := range e.Problems {
		at = append(at, p.Path)
	}
	return e.Code, at
}

func TestIssueRequestTellsEveryProblem(t *testing.T) {
	amount := order.Money{Amount: 2500, Currency: "CNY"}
	good := order.IssueRequest{Kind: order.IssuedDynamic, Merchant: "cafe", Address: "https://acquirer.example/m/cafe?amount=25.00CNY",
		Amount: amount, Expires: time.Unix(1, 0), Key: "key-1"}
	for what, c := range map[string]struct {
		change func(*order.IssueRequest)
		code   order.Code
		at     []string
	}{
		"dynamic": {func(*order.IssueRequest) {}, "", nil},
		"static":  {func(r *order.IssueRequest) { r.Kind, r.Amount = order.IssuedStatic, order.Money{} }, "", nil},
		"no key":  {func(r *order.IssueRequest) { r.Key = "" }, order.CodeIdempotencyKeyMissing, nil},
		"nothing": {func(r *order.IssueRequest) { *r = order.IssueRequest{} }, order.CodeInvalid,
			[]string{"/kind", "/merchant", "/address", "/expires", "/key"}},
		"static with an amount":      {func(r *order.IssueRequest) { r.Kind = order.IssuedStatic }, order.CodeInvalid, []string{"/amount"}},
		"dynamic without an amount":  {func(r *order.IssueRequest) { r.Amount = order.Money{} }, order.CodeInvalid, []string{"/amount"}},
		"a kind that does not exist": {func(r *order.IssueRequest) { r.Kind = "printed" }, order.CodeInvalid, []string{"/kind"}},
		"too much": {func(r *order.IssueRequest) {
			r.Address, r.Key, r.Merchant = strings.Repeat("a", 2049), strings.Repeat("k", 129), "a b"
		}, order.CodeInvalid, []string{"/merchant", "/address", "/key"}},
	} {
		r := good
		c.change(&r)
		code, at := problemPaths(r.Validate())
		if diff := cmp.Diff(c.at, at); code != c.code || diff != "" {
			t.Errorf("%s: code %q, want %q; problems (-want +got):\n%s", what, code, c.code, diff)
		}
	}
}

func TestIssuedCodeTellsEveryProblem(t *testing.T) {
	good := order.IssuedCode{ID: order.NewID(time.Unix(1, 0)), Kind: order.IssuedStatic, Merchant: "cafe",
		Address: "https://acquirer.example/m/cafe?v=AQ", Issued: time.Unix(1, 0), Expires: time.Unix(2, 0), Revoked: time.Unix(1, 0)}
	for what, c := range map[string]struct {
		change func(*order.IssuedCode)
		code   order.Code
		at     []string
	}{
		"good":           {func(*order.IssuedCode) {}, "", nil},
		"not revoked":    {func(c *order.IssuedCode) { c.Revoked = time.Time{} }, "", nil},
		"nothing":        {func(c *order.IssuedCode) { *c = order.IssuedCode{} }, order.CodeInvalid, []string{"/id", "/kind", "/merchant", "/address", "/expires"}},
		"ends at once":   {func(c *order.IssuedCode) { c.Expires = c.Issued }, order.CodeInvalid, []string{"/expires"}},
		"revoked before": {func(c *order.IssuedCode) { c.Revoked = time.Unix(0, 0) }, order.CodeInvalid, []string{"/revoked"}},
		"another amount": {func(c *order.IssuedCode) { c.Amount.Amount = 1 }, order.CodeInvalid, []string{"/amount"}},
	} {
		issued := good
		c.change(&issued)
		code, at := problemPaths(issued.Validate())
		if diff := cmp.Diff(c.at, at); code != c.code || diff != "" {
			t.Errorf("%s: code %q, want %q; problems (-want +got):\n%s", what, code, c.code, diff)
		}
	}
}
