package clearing

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
)

// maxRefusalText is how many bytes are logged of a refused address, and of why
// it was refused. With maxDenials refusals in an hour, that is at most 250 KB of
// an acquirer: a refusal does not use up its idempotency key, so the same request
// may come without end, and the log is never cut.
const maxRefusalText = 256

// refuse logs a request that was refused, and gives back why. A refusal that
// could not be logged is not given: nothing was decided then. Those beyond the
// limit for the hour are given, and not logged.
func (d *desk) refuse(ctx context.Context, r order.IssueRequest, now time.Time, refusal error) error {
	if order.CodeOf(refusal) != order.CodeRefused {
		return refusal
	}
	if err := d.logRefusal(ctx, r, now, refusal); err != nil {
		return err
	}
	if _, own := d.directory.load().merchant(d.acquirer, r.Merchant); !own {
		d.deny(ctx, "clearing.Issue", "merchant "+r.Merchant)
	}
	return refusal
}

func (d *desk) logRefusal(ctx context.Context, r order.IssueRequest, now time.Time, refusal error) error {
	id, hour := order.NewID(now), now.Truncate(time.Hour)
	if !d.refusals.recordable(hour, d.acquirer, string(id)) {
		return nil
	}
	r.Address = cut(r.Address)
	message, err := json.Marshal(r)
	if err != nil {
		return err
	}
	entry := codeEntry{id, now, d.acquirer, codeRefused, string(message), "", cut(refusal.Error())}
	err = d.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := d.store.Lock(ctx, tx, "clearing_code_log refused "+d.acquirer); err != nil {
			return err
		}
		return entry.addRefusal(ctx, tx)
	})
	if err != nil {
		return err
	}
	d.logger.WarnContext(ctx, "a code was refused", "acquirer", d.acquirer, "merchant", r.Merchant, "err", refusal)
	if d.refusals.note(hour, d.acquirer, string(id)) {
		d.logger.WarnContext(ctx, "an acquirer asks for many codes that are refused: no more of it is logged in this hour", "acquirer", d.acquirer)
	}
	return nil
}

// addRefusal holds servers that share the store to the limit together.
func (e codeEntry) addRefusal(ctx context.Context, tx *sql.Tx) error {
	hour := e.at.Truncate(time.Hour)
	var n int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM clearing_code_log WHERE what = 'refused' AND acquirer = $1 AND at >= $2 AND at < $3`,
		e.acquirer, hour.UnixMicro(), hour.Add(time.Hour).UnixMicro()).Scan(&n)
	if err != nil || n >= maxDenials {
		return err
	}
	return e.add(ctx, tx)
}

// cut shortens a text to what is logged of it, at the edge of a character.
func cut(text string) string {
	const more = "…"
	if len(text) <= maxRefusalText {
		return text
	}
	return strings.ToValidUTF8(text[:maxRefusalText-len(more)], "") + more
}
