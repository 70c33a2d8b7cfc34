package clearing

import (
	"context"
	"database/sql"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order/reconcile"
)

// The queues of the work at the end of a day. It has an outbox of its own, so that
// large files keep no notification waiting.
const (
	queueDays  = "clearing.days"  // one job, for ever: whoever has bookings is due a file
	queueFiles = "clearing.files" // make an acquirer's files of the days that have ended; the key is its name
	keyDays    = "day"
)

func (s *Server) newFiling() *outbox.Outbox {
	return outbox.New(s.store, map[string]outbox.Handler{queueDays: s.endDay, queueFiles: s.nextFile}, &outbox.Options{
		Concurrency: 2, Timeout: time.Hour, Schedule: []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute},
		Now: s.options.Now, Logger: s.logger})
}

// institution is the name that files carry.
func (s *Server) institution() string {
	if name := s.options.Files.Institution; name != "" {
		return name
	}
	base, err := url.Parse(s.base)
	if err != nil {
		return s.base
	}
	return base.Host
}

// startDays makes sure that days end, also those that ended while no server ran.
func (s *Server) startDays(ctx context.Context) error {
	return s.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return s.filing.Put(ctx, tx, outbox.Job{Queue: queueDays, Key: keyDays, Due: s.now()})
	})
}

// endDay makes a file due for each acquirer, and itself for the end of the next
// day. An acquirer that has left the directory is owed its last files all the same.
func (s *Server) endDay(ctx context.Context, _ outbox.Task) (again time.Time, err error) {
	names, err := s.booked(ctx)
	if err != nil {
		return again, err
	}
	for some := range slices.Chunk(names, pageSize) {
		err := s.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
			for _, name := range some {
				if err := s.filing.Put(ctx, tx, outbox.Job{Queue: queueFiles, Key: name, Due: s.now()}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return again, err
		}
	}
	o := s.options.Files
	today, err := o.Calendar.Day(o.Calendar.DateOf(s.now().Add(-o.Delay)))
	return today.Until.Add(o.Delay), err
}

// booked are the acquirers that have bookings. Each is a step in the index.
func (s *Server) booked(ctx context.Context) ([]string, error) {
	names := map[string]bool{}
	last := sql.NullString{Valid: true}
	for {
		err := s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT MIN(acquirer) FROM clearing_bookings WHERE acquirer > $1`, last.String).Scan(&last)
		})
		if err != nil || !last.Valid {
			return slices.Sorted(maps.Keys(names)), err
		}
		names[last.String] = true
	}
}

// nextFile makes the acquirer's next file if its day has ended, and comes back for
// the one after it.
func (s *Server) nextFile(ctx context.Context, task outbox.Task) (again time.Time, err error) {
	date, day, err := s.nextDay(ctx, task.Key)
	if err != nil || date == "" || s.now().Before(day.Until.Add(s.options.Files.Delay)) {
		return again, err
	}
	if err := s.makeFile(ctx, task.Key, date, day); err != nil {
		return again, err
	}
	return s.now(), nil
}

// nextDay is the day of the acquirer's next file: the one after its last, or that
// of its first booking; "" before that.
func (s *Server) nextDay(ctx context.Context, acquirer string) (date reconcile.Date, day reconcile.Period, err error) {
	err = s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		last, err := latestFile(ctx, tx, acquirer)
		switch {
		case err != nil:
			return err
		case last.id != "" && last.made.IsZero():
			date, day = last.date, last.day
			return nil
		case last.id != "":
			date, day, err = s.following(last)
			return err
		}
		var first sql.NullInt64
		err = tx.QueryRowContext(ctx, `SELECT MIN(booked) FROM clearing_bookings WHERE acquirer = $1`, acquirer).Scan(&first)
		if err != nil || !first.Valid {
			return err
		}
		date = s.options.Files.Calendar.DateOf(micro(first.Int64))
		day, err = s.options.Files.Calendar.Day(date)
		return err
	})
	return date, day, err
}

// following is the day after a file's. It begins where that one ended, also by
// another calendar; a date that ended before is passed over.
func (s *Server) following(last fileRow) (reconcile.Date, reconcile.Period, error) {
	for date := last.date.Next(); ; date = date.Next() {
		day, err := s.options.Files.Calendar.Day(date)
		if err != nil || day.Until.After(last.day.Until) {
			return date, reconcile.Period{From: last.day.Until, Until: day.Until}, err
		}
	}
}
