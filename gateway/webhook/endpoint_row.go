package webhook

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
)

const maxSecrets = 3 // of an endpoint that sign at once

// An endpoint is a row of its table.
type endpoint struct {
	id        order.ID
	owner     string
	address   string
	merchant  string
	events    []order.EventType
	created   time.Time
	secrets   []secretRef // the newest first
	disabled  time.Time
	reason    order.DisabledReason
	paused    time.Time
	succeeded time.Time
}

// signing are the secrets that sign at that time.
func (e *endpoint) signing(now time.Time) []secretRef {
	var live []secretRef
	for i, r := range e.secrets {
		if i == 0 || r.Until.After(now) {
			live = append(live, r)
		}
	}
	return live
}

// rotate puts a new secret in front. Those before it sign until then at the
// latest; more than a header holds are dropped, the oldest first.
func (e *endpoint) rotate(version int, until, now time.Time) {
	old := e.signing(now)
	for i := range old {
		if old[i].Until.IsZero() || old[i].Until.After(until) {
			old[i].Until = until
		}
	}
	newest := secretRef{Generation: e.secrets[0].Generation + 1, Version: version}
	e.secrets = append([]secretRef{newest}, old...)
	e.secrets = e.secrets[:min(len(e.secrets), maxSecrets)]
}

// wants reports whether the endpoint is told of such an event.
func (e *endpoint) wants(event order.EventType) bool {
	return len(e.events) == 0 || slices.Contains(e.events, event)
}

// show is the endpoint for its owner.
func (e *endpoint) show(k Keys) order.Endpoint {
	return order.Endpoint{ID: e.id, Address: e.address, Merchant: e.merchant, Events: e.events, Created: e.created,
		PublicKey: k.publicText(e.id, e.secrets[0]), Disabled: e.disabled, Reason: e.reason}
}

const endpointColumns = `id, owner, address, merchant, events, created, secrets, disabled, reason, paused, succeeded`

func scanEndpoint(row interface{ Scan(...any) error }) (e endpoint, err error) {
	var events, secrets string
	var created, disabled, paused, succeeded int64
	err = row.Scan(&e.id, &e.owner, &e.address, &e.merchant, &events, &created, &secrets, &disabled, &e.reason, &paused, &succeeded)
	if err != nil {
		return e, err
	}
	for event := range strings.FieldsSeq(events) {
		e.events = append(e.events, order.EventType(event))
	}
	e.created, e.disabled, e.paused, e.succeeded = micro(created), micro(disabled), micro(paused), micro(succeeded)
	if err := json.Unmarshal([]byte(secrets), &e.secrets); err != nil {
		return e, err
	}
	if len(e.secrets) == 0 {
		return e, errors.New("webhook: an endpoint has no secret")
	}
	return e, nil
}

func loadEndpoint(ctx context.Context, tx *sql.Tx, id order.ID) (e endpoint, found bool, err error) {
	e, err = scanEndpoint(tx.QueryRowContext(ctx, `SELECT `+endpointColumns+` FROM webhook_endpoints WHERE id = $1`, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return e, false, nil
	}
	return e, err == nil, err
}

// loadEndpoints are the rows that a condition selects.
func loadEndpoints(ctx context.Context, tx *sql.Tx, condition string, args ...any) (all []endpoint, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+endpointColumns+` FROM webhook_endpoints WHERE `+condition, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanEndpoint(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

// insert writes a new endpoint.
func (e *endpoint) insert(ctx context.Context, tx *sql.Tx) error {
	events := make([]string, len(e.events))
	for i, event := range e.events {
		events[i] = string(event)
	}
	secrets, err := json.Marshal(e.secrets)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO webhook_endpoints (`+endpointColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '', 0, 0)`,
		string(e.id), e.owner, e.address, e.merchant, strings.Join(events, " "), stamp(e.created), string(secrets))
	return err
}

// update writes what may change. The transaction has read it, and writes are one
// at a time.
func (e *endpoint) update(ctx context.Context, tx *sql.Tx) error {
	secrets, err := json.Marshal(e.secrets)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE webhook_endpoints
		SET secrets = $1, disabled = $2, reason = $3, paused = $4, succeeded = $5 WHERE id = $6`,
		string(secrets), stamp(e.disabled), string(e.reason), stamp(e.paused), stamp(e.succeeded), string(e.id))
	return err
}

// micro reads a stored time; 0 is the zero time.
func micro(t int64) time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMicro(t).UTC()
}

// stamp is a time as it is stored.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
