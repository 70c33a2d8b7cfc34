package webhook

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/anyscan/anyscan/order"
)

// A delivery is a row of its table.
type delivery struct {
	id       order.ID
	owner    string
	endpoint order.ID
	event    order.EventType
	order    order.ID
	body     []byte
	created  time.Time
	state    order.DeliveryState
	reason   order.FailedReason
	step     int // tries of the schedule that were made
	next     time.Time
	wanted   int64 // replays that were asked for
	replayed int64 // replays that were made
	tries    []order.DeliveryTry
}

// end takes the delivery off the schedule.
func (r *delivery) end(state order.DeliveryState, reason order.FailedReason) {
	r.state, r.reason, r.next = state, reason, time.Time{}
}

// note adds a try to those that are kept.
func (r *delivery) note(out outcome, byHand bool) {
	number := int64(1)
	if n := len(r.tries); n > 0 {
		number = r.tries[n-1].Number + 1
	}
	r.tries = append(r.tries, order.DeliveryTry{Number: number, At: out.at, Status: out.status, Error: out.word,
		Duration: out.took.Milliseconds(), Replay: byHand})
	r.tries = r.tries[max(0, len(r.tries)-keptTries):]
}

// show is the delivery for its owner.
func (r *delivery) show() order.Delivery {
	return order.Delivery{ID: r.id, Endpoint: r.endpoint, Type: r.event, Order: r.order, State: r.state, Reason: r.reason,
		Created: r.created, Next: r.next, Tries: r.tries}
}

const deliveryColumns = `id, owner, endpoint, type, order_id, body, created, state, reason, step, next, wanted, replayed, tries`

func scanDelivery(row interface{ Scan(...any) error }) (r delivery, err error) {
	var created, next int64
	var tries string
	err = row.Scan(&r.id, &r.owner, &r.endpoint, &r.event, &r.order, &r.body, &created, &r.state, &r.reason,
		&r.step, &next, &r.wanted, &r.replayed, &tries)
	if err != nil {
		return r, err
	}
	r.created, r.next = micro(created), micro(next)
	return r, json.Unmarshal([]byte(tries), &r.tries)
}

func loadDelivery(ctx context.Context, tx *sql.Tx, id order.ID) (r delivery, found bool, err error) {
	r, err = scanDelivery(tx.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM webhook_deliveries WHERE id = $1`, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	return r, err == nil, err
}

// loadDeliveries are the rows that a condition selects.
func loadDeliveries(ctx context.Context, tx *sql.Tx, condition string, args ...any) (all []delivery, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM webhook_deliveries WHERE `+condition, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanDelivery(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

func (r *delivery) insert(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO webhook_deliveries (`+deliveryColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, 0, 0, '[]')`,
		string(r.id), r.owner, string(r.endpoint), string(r.event), string(r.order), r.body, stamp(r.created),
		string(r.state), string(r.reason), stamp(r.next))
	return err
}

// update writes what may change; see endpoint.update.
func (r *delivery) update(ctx context.Context, tx *sql.Tx) error {
	tries, err := json.Marshal(r.tries)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE webhook_deliveries
		SET state = $1, reason = $2, step = $3, next = $4, wanted = $5, replayed = $6, tries = $7 WHERE id = $8`,
		string(r.state), string(r.reason), r.step, stamp(r.next), r.wanted, r.replayed, string(tries), string(r.id))
	return err
}
