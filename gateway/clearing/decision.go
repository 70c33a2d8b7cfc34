package clearing

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// question is what the policy is asked about an order and the terminal that has opened
// it, with the offers that it may be paid with.
func (s *Server) question(o orderRow, opening gateway.Opening, now time.Time) (gateway.Question, []component.Offer) {
	offers := s.offers(o, opening.App.Kind)
	return gateway.Question{Amount: o.order.Total, Acquirer: o.acquirer, Merchant: o.order.Merchant, Opening: opening, At: now,
		Candidates: s.candidates(offers, now)}, offers
}

func (s *Server) candidates(offers []component.Offer, now time.Time) []gateway.Candidate {
	all := make([]gateway.Candidate, 0, len(offers))
	for _, offer := range offers {
		all = append(all, gateway.Candidate{Name: offer.Name, Kind: offer.Kind, Aside: s.health.aside(offer.Name, now)})
	}
	return all
}

// payable reports whether an amount could be paid to the merchant now, from an app that
// nobody knows yet.
func (s *Server) payable(a Acquirer, merchant string, amount order.Money, now time.Time) bool {
	offers := s.components.Offers(component.Wanted{Amount: amount, Allow: a.allows})
	d := s.options.Policy.Decide(gateway.Question{Amount: amount, Acquirer: a.Name, Merchant: merchant, At: now, Candidates: s.candidates(offers, now)})
	return len(d.Permitted) > 0
}

// offered are the offers of these names, in this order.
func offered(offers []component.Offer, names []string) []component.Offer {
	shown := make([]component.Offer, 0, len(names))
	for _, name := range names {
		i := slices.IndexFunc(offers, func(o component.Offer) bool { return o.Name == name })
		shown = append(shown, offers[i])
	}
	return shown
}

// keptPolicy is a policy as it is stored.
type keptPolicy struct{ fingerprint, text string }

// kept is the policy as it is stored, and a copy of it that its owner cannot change any
// more.
func kept(p gateway.Policy) (k keptPolicy, own gateway.Policy, err error) {
	text, err := json.Marshal(p)
	if err == nil {
		err = json.Unmarshal(text, &own)
	}
	sum := sha256.Sum256(text)
	return keptPolicy{hex.EncodeToString(sum[:]), string(text)}, own, err
}

// insert stores the policy of this server, once, before it decides anything.
func (p keptPolicy) insert(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO clearing_policies (fingerprint, policy) VALUES ($1, $2)
		ON CONFLICT (fingerprint) DO NOTHING`, p.fingerprint, p.text)
	return err
}

// Decision is how the component of an attempt was determined, with everything that
// the decision came from: record.Policy.Decide(record.Question) gives record.Decision
// again, unless another release of this module decides in another way. It is for the operator, who explains it to an acquirer or to a provider. An
// attempt of before this was recorded, or of no order here, is not_found.
func (s *Server) Decision(ctx context.Context, attempt string) (record gateway.DecisionRecord, err error) {
	const op = "clearing.Decision"
	key, number, ok := parseAttemptID(attempt)
	if !ok {
		return record, order.Errorf(order.CodeNotFound, op, "%.40q is not an attempt's identifier", attempt)
	}
	err = s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		record, err = loadDecision(ctx, tx, key, number)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return record, order.Errorf(order.CodeNotFound, op, "there is no record of how the component of attempt %s was determined", attempt)
	}
	if err != nil {
		return record, s.fail(ctx, op, err)
	}
	return record, nil
}

// basis is what is stored with an attempt: what was asked, and what was decided.
type basis struct {
	Question gateway.Question `json:"question"`
	Decision gateway.Decision `json:"decision"`
}

// loadDecision reads two tables, one after the other: the policies belong to no order.
func loadDecision(ctx context.Context, tx *sql.Tx, key orderKey, number int) (r gateway.DecisionRecord, err error) {
	var fingerprint, policy, decided, chosen string
	err = tx.QueryRowContext(ctx, `SELECT policy, decided, chosen FROM clearing_attempts WHERE order_key = $1 AND number = $2`,
		string(key), number).Scan(&fingerprint, &decided, &chosen)
	if err == nil {
		err = tx.QueryRowContext(ctx, `SELECT policy FROM clearing_policies WHERE fingerprint = $1`, fingerprint).Scan(&policy)
	}
	if err != nil {
		return r, err
	}
	var b basis
	err = errors.Join(json.Unmarshal([]byte(policy), &r.Policy), json.Unmarshal([]byte(decided), &b), json.Unmarshal([]byte(chosen), &r.Chosen))
	r.Question, r.Decision = b.Question, b.Decision
	return r, err
}
