package clearing

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
)

// An attemptRow is one try to pay an order.
type attemptRow struct {
	key       orderKey
	number    int // from 1, within the order
	component string
	actions   []component.ActionKind // that the terminal can perform
	chosen    gateway.Instruction
	state     gateway.AttemptState
	reason    string
	action    *component.Action // the latest
	reference string            // the provider's, "" while not known
	begun     time.Time
	changed   time.Time
	moneyAt   time.Time // when the provider took the money, zero for never
	excess    bool      // the money did not pay the order and is owed back
}

// decided is what a new attempt's component came from, to be stored with it.
type decided struct {
	basis
	policy string // fingerprint
}

func (a *attemptRow) id() string { return attemptID(a.key, a.number) }

// unstarted reports that no answer of the component was recorded yet, so that
// it may be asked to begin, again.
func (a *attemptRow) unstarted() bool {
	return (a.state == gateway.AttemptBegun || a.state == gateway.AttemptUnknown) && a.action == nil && a.reference == ""
}

// underWay reports that the payer has a way to pay that was not decided yet.
func (a *attemptRow) underWay() bool { return a.state == gateway.AttemptInvoked && a.action != nil }

// fits reports that a terminal which can perform these actions can go on with
// the attempt: with the one that waits, or with each that its component may yet
// answer with.
func (a *attemptRow) fits(actions []component.ActionKind) bool {
	switch {
	case a.underWay():
		return slices.Contains(actions, a.action.Kind())
	case a.unstarted():
		return !slices.ContainsFunc(a.actions, func(k component.ActionKind) bool { return !slices.Contains(actions, k) })
	}
	return false
}

const attemptColumns = `order_key, number, component, actions, chosen,
	state, reason, action, reference, begun, changed, money_at, excess`

func loadAttempt(ctx context.Context, tx *sql.Tx, key orderKey, number int) (a attemptRow, found bool, err error) {
	a, err = scanAttempt(tx.QueryRowContext(ctx,
		`SELECT `+attemptColumns+` FROM clearing_attempts WHERE order_key = $1 AND number = $2`, string(key), number))
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	return a, err == nil, err
}

// existingAttempt is one that another row or an address of ours promises.
func existingAttempt(ctx context.Context, tx *sql.Tx, key orderKey, number int) (attemptRow, error) {
	a, found, err := loadAttempt(ctx, tx, key, number)
	if err == nil && !found {
		err = fmt.Errorf("clearing: the attempt %s is missing from its table", attemptID(key, number))
	}
	return a, err
}

// loadAttempts are the attempts of an order, the first one first.
func loadAttempts(ctx context.Context, tx *sql.Tx, key orderKey) (all []attemptRow, err error) {
	rows, err := tx.QueryContext(ctx,
		`SELECT `+attemptColumns+` FROM clearing_attempts WHERE order_key = $1 ORDER BY number`, string(key))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		a, err := scanAttempt(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, rows.Err()
}

func scanAttempt(row interface{ Scan(...any) error }) (a attemptRow, err error) {
	var actions, chosen, action string
	var begun, changed, moneyAt int64
	err = row.Scan(&a.key, &a.number, &a.component, &actions, &chosen,
		&a.state, &a.reason, &action, &a.reference, &begun, &changed, &moneyAt, &a.excess)
	if err != nil {
		return a, err
	}
	a.begun, a.changed, a.moneyAt = micro(begun), micro(changed), micro(moneyAt)
	for kind := range strings.FieldsSeq(actions) {
		a.actions = append(a.actions, component.ActionKind(kind))
	}
	if action != "" {
		err = json.Unmarshal([]byte(action), &a.action)
	}
	return a, errors.Join(err, json.Unmarshal([]byte(chosen), &a.chosen))
}

func (a *attemptRow) insert(ctx context.Context, tx *sql.Tx, d decided) error {
	chosen, err := json.Marshal(a.chosen)
	if err != nil {
		return err
	}
	decided, err := json.Marshal(d.basis)
	if err != nil {
		return err
	}
	kinds := make([]string, len(a.actions))
	for i, kind := range a.actions {
		kinds[i] = string(kind)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO clearing_attempts (`+attemptColumns+`, decided, policy)
		VALUES ($1, $2, $3, $4, $5, $6, '', '', '', $7, $7, 0, FALSE, $8, $9)`,
		string(a.key), a.number, a.component, strings.Join(kinds, " "), string(chosen),
		string(a.state), a.begun.UnixMicro(), string(decided), d.policy)
	return err
}

// update writes what may change. The condition repeats the state that the
// change was decided on, and a final state stays.
func (a *attemptRow) update(ctx context.Context, tx *sql.Tx, from gateway.AttemptState) error {
	action := ""
	if a.action != nil {
		raw, err := json.Marshal(a.action)
		if err != nil {
			return err
		}
		action = string(raw)
	}
	var moneyAt int64
	if !a.moneyAt.IsZero() {
		moneyAt = a.moneyAt.UnixMicro()
	}
	return exactlyOne(tx.ExecContext(ctx, `UPDATE clearing_attempts
		SET state = $1, reason = $2, action = $3, reference = $4, changed = $5, money_at = $6, excess = $7
		WHERE order_key = $8 AND number = $9 AND state = $10`,
		string(a.state), a.reason, action, a.reference, a.changed.UnixMicro(), moneyAt, a.excess,
		string(a.key), a.number, string(from)))
}

// claim binds the provider's name for a payment to the attempt. It is false
// when that payment belongs to another attempt.
func (a *attemptRow) claim(ctx context.Context, tx *sql.Tx, reference string) (mine bool, err error) {
	_, err = tx.ExecContext(ctx, `INSERT INTO clearing_references (component, reference, attempt) VALUES ($1, $2, $3)
		ON CONFLICT (component, reference) DO NOTHING`, a.component, reference, a.id())
	if err != nil {
		return false, err
	}
	var owner string
	err = tx.QueryRowContext(ctx, `SELECT attempt FROM clearing_references WHERE component = $1 AND reference = $2`,
		a.component, reference).Scan(&owner)
	return owner == a.id(), err
}
