package acquirer

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
)

// StaticCode has the clearing institution sign a code to print, for the
// merchant's counter: it leads to the merchant's page until expires, or until
// it is taken back. Each has a number in its address, so that of two counters
// one code can be revoked.
//
// The same request under the same key gives the same code; key is the caller's,
// 1 to 128 bytes, one for each code of a merchant. [order.CodeUnavailable] means
// that nothing is known to be decided: ask again under the same key.
// [order.CodeRefused] is the clearing institution's refusal, with every problem,
// or a server without [Options.Issuer].
func (s *Server) StaticCode(ctx context.Context, merchant string, expires time.Time, key string) (order.IssuedCode, error) {
	const op = "acquirer.StaticCode"
	wanted := order.IssueRequest{Kind: order.IssuedStatic, Merchant: merchant, Expires: expires.UTC().Truncate(time.Second), Key: key}
	return s.issue(ctx, op, wanted, wanted)
}

// DynamicCode has the clearing institution sign a code for a screen, good for
// [Options.DynamicLifetime], with the amount in its address. Behind it is a
// direct page with this amount, also at a merchant with a shop, whose till has
// added the goods up, and at one whose payers enter the amount; Direct.Max is
// about what they enter and does not count.
//
// A dynamic code is one order. Whoever confirms its page while that order can
// still be paid goes on with it, so that it is paid once; once it is paid, the
// page is refused with [order.CodeConflict], so that a code which a till goes on
// showing does not charge the next customer. If the order ends without being
// paid, confirming makes another.
//
// Keys and errors are as with StaticCode; [order.CodeInvalid] for an amount that
// the merchant does not take.
func (s *Server) DynamicCode(ctx context.Context, merchant string, amount order.Money, key string) (order.IssuedCode, error) {
	const op = "acquirer.DynamicCode"
	asked := order.IssueRequest{Kind: order.IssuedDynamic, Merchant: merchant, Amount: amount, Key: key}
	wanted := asked
	wanted.Expires = s.now().Add(s.options.DynamicLifetime).Truncate(time.Second)
	return s.issue(ctx, op, asked, wanted)
}

// issue makes the address of the wanted code and has it signed. asked is wanted
// without what follows from the moment: by that a repeated request is known. The
// request is stored before the clearing institution hears of it, so that after
// a lost answer it is repeated to the byte.
func (s *Server) issue(ctx context.Context, op string, asked, wanted order.IssueRequest) (order.IssuedCode, error) {
	if s.options.Issuer == nil {
		return order.IssuedCode{}, order.Errorf(order.CodeRefused, op, "this server issues no codes: Options.Issuer is not set")
	}
	wanted.Address = s.CodeAddress(wanted.Merchant) + "?" + numberField + "=" + strings.ToLower(rand.Text()[:8])
	if wanted.Kind == order.IssuedDynamic {
		wanted.Address = addAmount(wanted.Address, wanted.Amount)
	}
	if err := wanted.Validate(); err != nil {
		return order.IssuedCode{}, s.fail(ctx, op, err)
	}
	m, err := s.merchant(ctx, op, wanted.Merchant)
	if err == nil && wanted.Kind == order.IssuedDynamic && wanted.Amount.Currency != m.Currency {
		err = invalid(op, "/amount", "is in "+wanted.Amount.Currency+": the merchant takes "+m.Currency)
	}
	if err != nil {
		return order.IssuedCode{}, s.fail(ctx, op, err)
	}
	k, code, err := s.askedFor(ctx, op, asked, wanted)
	if err == nil && k.code == "" {
		code, err = s.obtain(ctx, op, k)
	}
	if err != nil {
		return order.IssuedCode{}, s.fail(ctx, op, err)
	}
	return code, nil
}

// askedFor stores a new request, or finds what was stored under its key and the
// code that came of it.
func (s *Server) askedFor(ctx context.Context, op string, asked, wanted order.IssueRequest) (k codeKey, code order.IssuedCode, err error) {
	k = codeKey{merchant: wanted.Merchant, key: wanted.Key, request: wanted}
	k.request.Key = string(order.NewID(s.now()))
	if k.fingerprint, err = fingerprint(asked); err != nil {
		return k, code, err
	}
	err = s.underKey(ctx, k, func(ctx context.Context, tx *sql.Tx) error {
		was, known, err := findCodeKey(ctx, tx, k.merchant, k.key)
		switch {
		case err != nil:
			return err
		case !known:
			return k.insert(ctx, tx)
		case string(was.fingerprint) != string(k.fingerprint):
			return order.Errorf(order.CodeIdempotencyKeyReused, op, "the key stands for another code: use a new one")
		}
		if k = was; k.code != "" {
			code, err = loadCode(ctx, tx, op, k.code)
		}
		return err
	})
	return k, code, err
}

// underKey runs fn beside nobody else who asked under the same key.
func (s *Server) underKey(ctx context.Context, k codeKey, fn func(context.Context, *sql.Tx) error) error {
	return s.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.store.Lock(ctx, tx, "acquirer_code_keys "+k.merchant+" "+k.key); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

// obtain asks the clearing institution and keeps its answer. A refusal frees the
// key: nothing was given out under it.
func (s *Server) obtain(ctx context.Context, op string, k codeKey) (order.IssuedCode, error) {
	call, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	code, err := s.options.Issuer.Issue(call, k.request)
	switch {
	case refuses(err):
		s.logger.WarnContext(ctx, "the gateway refuses a code", "merchant", k.merchant, "err", err)
		return code, errors.Join(s.underKey(ctx, k, k.remove), err)
	case err == nil:
		err = s.checkIssued(ctx, op, k.request, code)
	}
	if err != nil {
		if ctx.Err() == nil {
			s.logger.ErrorContext(ctx, "asking for a code failed", "merchant", k.merchant, "err", err)
		}
		return code, &order.Error{Code: order.CodeUnavailable, Op: op, Err: err,
			Detail: "the clearing institution gave no code that can be used: ask again with the same key"}
	}
	err = s.underKey(ctx, k, func(ctx context.Context, tx *sql.Tx) error {
		return keepCode(ctx, tx, k, code, s.now())
	})
	return code, err
}

// checkIssued holds an answer to its request, and to what the merchant's page
// will ask of the code: one that no payer could use is not given out.
func (s *Server) checkIssued(ctx context.Context, op string, r order.IssueRequest, c order.IssuedCode) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if c.Kind != r.Kind || c.Merchant != r.Merchant || c.Amount != r.Amount || !c.Expires.Equal(r.Expires) || !strings.HasPrefix(c.Address, r.Address+"&") {
		// Without the addresses: who has the signed one can have it printed.
		return fmt.Errorf("acquirer: asked for a %s code for %s of %s until %s; the answer is the %s code %s for %s of %s until %s, or has another address",
			r.Kind, r.Merchant, r.Amount, r.Expires, c.Kind, c.ID, c.Merchant, c.Amount, c.Expires)
	}
	if !s.now().Before(c.Expires) { // asked for again after its time
		return nil
	}
	v, err := s.visit(ctx, op, c.Address)
	if err == nil && !v.signed {
		err = errors.New("acquirer: Options.Verify accepts the code without its signature: give it a verify.Signature, first in verify.Any")
	}
	return err
}

// codeSum names an address in the tables: addresses are secrets of whoever shows
// them.
func codeSum(address string) []byte {
	sum := sha256.Sum256([]byte(address))
	return sum[:]
}
