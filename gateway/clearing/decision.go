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
	q := gateway.Question{Amount: o.order.Total, Acquirer: o.acquirer, Merchant: o.order.Merchant, Opening: opening, At: now,
		Candidates: make([]gateway.Candidate, 0, len(offers))}
	for _, offer := range offers {
		q.Candidates = append(q.Candidates, gateway.Candidate{Name: offer.Name, Kind: offer.Kind, Aside: s.health.aside(offer.Name, now)})
	}
	return q, offers
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

func keptFrom(p gateway.Policy) (keptPolicy, error) {
	text, err := json.Marshal(p)
	sum := sha256.Sum256(text)
	return keptPolicy{hex.EncodeToString(sum[:]), string(text)}, err
}

// insert stores the policy of this server, once, before it decides anything.
func (p keptPolicy) insert(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO clearing_policies (fingerprint, policy) VALUES ($1, $2)
		ON CONFLICT (fingerprint) DO NOTHING`, p.fingerprint, p.text)
	return err
}

// Decision is how the component of an attempt was determined, with everything that
// the decision came from: record.Policy.Decide(record.Question) is record.Decision
// again. It is for the operator, who explains it to an acquirer or to a provider. An
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
	record.Decision = record.Policy.Decide(record.Question)
	return record, nil
}

func loadDecision(ctx context.Context, tx *sql.Tx, key orderKey, number int) (r gateway.DecisionRecord, err error) {
	var policy, question, chosen string
	err = tx.QueryRowContext(ctx, `SELECT p.policy, a.question, a.chosen FROM clearing_attempts a
		JOIN clearing_policies p ON p.fingerprint = a.policy WHERE a.order_key = $1 AND a.number = $2`,
		string(key), number).Scan(&policy, &question, &chosen)
	if err != nil {
		return r, err
	}
	return r, errors.Join(json.Unmarshal([]byte(policy), &r.Policy), json.Unmarshal([]byte(question), &r.Question), json.Unmarshal([]byte(chosen), &r.Chosen))
}
