//go:build unix

package examples_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order/store"
)

// leaseWatch makes the database write down which node, by the name of its
// connections, took and which one ended each lease of a job.
const leaseWatch = `
	CREATE UNLOGGED TABLE leases (
		id    BIGSERIAL PRIMARY KEY,
		at    BIGINT  NOT NULL DEFAULT extract(epoch FROM clock_timestamp()) * 1000000,
		node  TEXT    NOT NULL DEFAULT current_setting('application_name'),
		job   TEXT    NOT NULL,
		was   TEXT    NOT NULL, -- the lease before, which went to a moment
		until BIGINT  NOT NULL,
		lease TEXT    NOT NULL, -- '' is none
		done  BOOLEAN NOT NULL
	);
	CREATE INDEX leases_lease ON leases (lease);
	CREATE FUNCTION watch_leases() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF TG_OP = 'DELETE' THEN
			INSERT INTO leases (job, was, until, lease, done) VALUES (OLD.queue || ' ' || OLD.key, OLD.lease, OLD.lease_until, '', true);
		ELSE
			INSERT INTO leases (job, was, until, lease, done) VALUES (OLD.queue || ' ' || OLD.key, OLD.lease, OLD.lease_until, NEW.lease, false);
		END IF;
		RETURN NULL;
	END $$;
	CREATE TRIGGER watch_leases AFTER UPDATE OF lease OR DELETE ON outbox_jobs FOR EACH ROW EXECUTE FUNCTION watch_leases()`

// watchLeases begins to write down the leases in the database of a fleet.
func watchLeases(t *testing.T, s *store.Store) {
	t.Helper()
	err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, leaseWatch)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// leasedTo counts the jobs that a node has, or had when it died.
func leasedTo(t *testing.T, s *store.Store, node string) (n int) {
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM outbox_jobs j WHERE lease <> ''
			AND EXISTS (SELECT 1 FROM leases l WHERE l.lease = j.lease AND l.node = $1)`, node).Scan(&n)
	})
	if err != nil {
		t.Errorf("the jobs of %s: %v", node, err)
	}
	return n
}

// Heirs are who got the jobs that a node had taken and did not finish.
type heirs struct {
	taken    int      // jobs that another node took when the lease had ended
	finished int      // of these, those that were finished while the node that had them first was dead
	broken   []string // jobs that a node took while another had them
}

func (h heirs) plus(o heirs) heirs {
	return heirs{h.taken + o.taken, h.finished + o.finished, append(h.broken, o.broken...)}
}

// tenure is a node's time with a job.
type tenure struct {
	node string
	from time.Time
}

// succession reads what the database wrote down, and which nodes were dead when.
func succession(ctx context.Context, s *store.Store, dead []absence) (h heirs, err error) {
	has, had := map[string]tenure{}, map[string]tenure{} // by job: who has it, and from whom it was taken over
	err = each(ctx, s, `SELECT at, node, job, was, until, lease, done FROM leases ORDER BY id`, func(scan func(...any) error) error {
		var at, until int64
		var node, job, was, lease string
		var done bool
		if err := scan(&at, &node, &job, &was, &until, &lease, &done); err != nil {
			return err
		}
		now := time.UnixMicro(at)
		last, known := has[job]
		switch {
		case done:
			if from, inherited := had[job]; inherited && wasDead(dead, from, now) {
				h.finished++
			}
			delete(has, job)
			delete(had, job)
		case lease == "":
			delete(has, job)
		default:
			switch {
			case was == "":
			case until > at:
				h.broken = append(h.broken, fmt.Sprintf("%s took job %s while %q had it for %v more", node, job, last.node, time.Duration(until-at)*time.Microsecond))
			case known && last.node != node:
				h.taken++
				had[job] = last
			}
			has[job] = tenure{node, now}
		}
		return nil
	})
	return h, err
}

// wasDead reports whether a node was killed after it had taken a job, and was not
// back by then.
func wasDead(dead []absence, had tenure, then time.Time) bool {
	for _, a := range dead {
		if a.node == had.node && a.begin.After(had.from) && a.begin.Before(then) && a.end.After(then) {
			return true
		}
	}
	return false
}
