package clearing

import (
	"cmp"
	"context"
	"database/sql"
	"log/slog"
	"time"

	"github.com/anyscan/anyscan/order"
)

// ReviewKind is why something needs a person.
type ReviewKind string

const (
	ReviewRefund        ReviewKind = "refund"        // money is owed to a payer and could not be given back
	ReviewEvidence      ReviewKind = "evidence"      // a provider's word that does not fit the attempt or refund, such as another amount
	ReviewContradiction ReviewKind = "contradiction" // a provider says failed after it said succeeded
)

// Review is something about money that the gateway does not decide by itself. It
// is open until [Server.CloseReview]; what happened before is never made undone by
// it. There is one of a kind for each attempt and refund.
type Review struct {
	ReviewID
	Acquirer string
	Order    order.ID  // the acquirer's
	Detail   string    // what happened, for people
	Opened   time.Time // in UTC
}

// ReviewID names a review.
type ReviewID struct {
	What string // the attempt or the refund at the gateway, by its ID
	Kind ReviewKind
}

// String names the review in its order's history.
func (id ReviewID) String() string { return id.What + ":" + string(id.Kind) }

// The steps of a review, in its order's history: "" → open → closed.
const (
	reviewOpen   = "open"
	reviewClosed = "closed"
)

// review opens a review unless there is one, or was.
func (c *change) review(ctx context.Context, what string, kind ReviewKind, detail string) error {
	res, err := c.tx.ExecContext(ctx, `INSERT INTO clearing_reviews (order_key, what, kind, detail, opened, closed, closed_by, note)
		VALUES ($1, $2, $3, $4, $5, 0, '', '') ON CONFLICT (order_key, what, kind) DO NOTHING`,
		string(c.order.key), what, string(kind), detail, c.now.UnixMicro())
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	c.tell(ctx, slog.LevelError, "a review was opened", "what", what, "kind", string(kind), "detail", detail)
	return c.audit(ctx, ReviewID{what, kind}.String(), "", reviewOpen, detail)
}

// maxReviews is how many reviews are read at once.
const maxReviews = 100

// Reviews are the open reviews, at most 100 of them, the oldest first. after is the
// last one of the page before, nil for the first page. The error is
// [order.CodeUnavailable].
func (s *Server) Reviews(ctx context.Context, after *Review) (page []Review, err error) {
	var opened int64
	var key, what, kind string
	if after != nil {
		opened, what, kind = after.Opened.UnixMicro(), after.What, string(after.Kind)
		key = what[:min(orderKeyLength, len(what))]
	}
	err = s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		page = nil
		rows, err := tx.QueryContext(ctx, openReviews, opened, key, what, kind, maxReviews)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scanReview(rows)
			if err != nil {
				return err
			}
			page = append(page, r)
		}
		return rows.Err()
	})
	return page, s.fail(ctx, "clearing.Reviews", err)
}

const openReviews = `SELECT r.what, r.kind, r.detail, r.opened, o.acquirer, o.message
	FROM clearing_reviews r JOIN clearing_orders o ON o.order_key = r.order_key
	WHERE r.closed = 0 AND (r.opened, r.order_key, r.what, r.kind) > ($1, $2, $3, $4)
	ORDER BY r.opened, r.order_key, r.what, r.kind LIMIT $5`

func scanReview(row interface{ Scan(...any) error }) (r Review, err error) {
	var opened int64
	var message string
	if err := row.Scan(&r.What, &r.Kind, &r.Detail, &opened, &r.Acquirer, &message); err != nil {
		return r, err
	}
	o, err := placed(message)
	r.Order, r.Opened = o.ID, micro(opened)
	return r, err
}

// CloseReview closes a review: by is who did, note what was done about it, lines of
// at most 128 and 500 bytes. Both stand in the order's history. One that is closed, or
// never was, is [order.CodeNotFound]; a by or note that is no such line
// [order.CodeInvalid]; after [order.CodeUnavailable] it may be repeated.
func (s *Server) CloseReview(ctx context.Context, id ReviewID, by, note string) error {
	const op = "clearing.CloseReview"
	var p problems
	for _, line := range []struct {
		path, text string
		limit      int
	}{{"/by", by, 128}, {"/note", note, 500}} {
		if err := order.CheckText(line.text, line.limit); err != nil {
			p.add(line.path, "%v", err)
		}
	}
	if err := p.err(op, "a review is closed by somebody, with a note"); err != nil {
		return err
	}
	key, ok := parseOrderKey(id.What[:min(orderKeyLength, len(id.What))])
	if !ok {
		return errNoReview(op)
	}
	return s.change(ctx, op, key, actorOperator+by, func(ctx context.Context, c *change) error {
		// Not closed = 0, which would make the index of the open ones look fit.
		res, err := c.tx.ExecContext(ctx, `UPDATE clearing_reviews SET closed = $1, closed_by = $2, note = $3
			WHERE order_key = $4 AND what = $5 AND kind = $6 AND closed <= 0`, c.now.UnixMicro(), by, note, string(key), id.What, string(id.Kind))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return cmp.Or(err, errNoReview(op))
		}
		return c.audit(ctx, id.String(), reviewOpen, reviewClosed, note)
	})
}

func errNoReview(op string) error {
	return order.Errorf(order.CodeNotFound, op, "there is no such open review")
}
