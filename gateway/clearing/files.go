package clearing

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/reconcile"
)

// FileOptions is how clearing files are made. They are if [Keys.Files] signs them.
type FileOptions struct {
	// Institution is the name that files carry, 1 to 128 bytes. Default: the host of
	// the server's base.
	Institution string
	// Calendar says when business days end. Its zone is one of the IANA database,
	// not time.Local. Where it is another than before, the next day begins where the
	// last file ended: it is longer or shorter, and a date may have no file. Default:
	// midnight UTC.
	Calendar reconcile.Calendar
	// Delay is how long after the cut-off a file is made: longer than a transaction
	// takes and than the clocks of the servers differ, for what is booked later for
	// that day stands in no file. At least 1 min. Default: 1 hour.
	Delay time.Duration
	// Fee is what the institution keeps of an entry of the acquirer's, in minor units;
	// reconcile.Rate is a simple one. It is asked once, when the file is made. Default:
	// nothing.
	Fee func(acquirer string, e reconcile.Entry) (int64, error)
}

func (o *FileOptions) fill() {
	o.Delay = orDefault(o.Delay, time.Hour)
	if o.Calendar.Zone == nil {
		o.Calendar.Zone = time.UTC
	}
	if o.Fee == nil {
		o.Fee = func(string, reconcile.Entry) (int64, error) { return 0, nil }
	}
}

func (o *FileOptions) validate(p *problems) {
	if err := order.CheckText(o.Institution, 128); err != nil && o.Institution != "" {
		p.add("/files/institution", "%v", err)
	}
	if zone := o.Calendar.Zone.String(); zone == "Local" || order.CheckText(zone, 64) != nil {
		p.add("/files/calendar/zone", "is %.70q: want a zone of the IANA database, such as Asia/Shanghai", zone)
	}
	if o.Calendar.CutOff < 0 || o.Calendar.CutOff >= 24*time.Hour {
		p.add("/files/calendar/cut_off", "is %v: want 0 to less than 24 hours", o.Calendar.CutOff)
	}
	if o.Delay < time.Minute {
		p.add("/files/delay", "is %v: want a minute or more", o.Delay)
	}
}

// File writes the acquirer's clearing file of a business day to w, the same bytes
// each time. One that is not made is [order.CodeNotFound]: files are made
// [FileOptions.Delay] after the cut-off, for each day since the acquirer's first
// payment; refunds that it asked for stand in them too. An acquirer that is not in the directory is [order.CodeUnauthenticated].
// Other errors are [order.CodeUnavailable], or what w says; part of the file may have
// been written then.
func (s *Server) File(ctx context.Context, acquirer string, date reconcile.Date, f reconcile.Format, w io.Writer) error {
	const op = "clearing.File"
	if _, _, err := (&desk{s, acquirer}).entry(op); err != nil {
		return err
	}
	if f != reconcile.CSV && f != reconcile.JSONLines {
		return order.Errorf(order.CodeInvalid, op, "there is no format %.40q: want %s or %s", f, reconcile.CSV, reconcile.JSONLines)
	}
	var row fileRow
	err := s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		row, err = loadFile(ctx, tx, acquirer, date)
		return err
	})
	if err == nil && row.made.IsZero() {
		return order.Errorf(order.CodeNotFound, op, "there is no clearing file of %.40q", string(date))
	}
	for part := 0; err == nil; part++ {
		var content []byte
		err = s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
			content, err = loadPart(ctx, tx, row.id, f, part)
			return err
		})
		if err != nil || content == nil {
			break
		}
		if _, err := w.Write(content); err != nil {
			return err
		}
	}
	return s.fail(ctx, op, err)
}

// makeFile makes the clearing file of a day that has ended, in both formats. Of
// servers that make the same one at once, the last that began finishes it; it
// also removes what those before it have left.
func (s *Server) makeFile(ctx context.Context, acquirer string, date reconcile.Date, day reconcile.Period) error {
	row, err := s.takeFile(ctx, acquirer, date, day)
	if err != nil || !row.made.IsZero() {
		return err
	}
	header := reconcile.Header{Institution: s.institution(), Acquirer: acquirer, Date: date, Zone: s.options.Files.Calendar.Zone.String(),
		Period: day, Sequence: row.sequence, Made: s.now()}
	var files []*fileWriter
	for _, f := range []reconcile.Format{reconcile.CSV, reconcile.JSONLines} {
		file, err := s.newFileWriter(ctx, row, f, header)
		if err != nil {
			return err
		}
		files = append(files, file)
	}
	row.entries, err = s.writeEntries(ctx, acquirer, day, files)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := file.finish(); err != nil {
			return err
		}
	}
	row.made = header.Made
	return s.finishFile(ctx, row)
}

// writeEntries writes what was booked that day to every file.
func (s *Server) writeEntries(ctx context.Context, acquirer string, day reconcile.Period, files []*fileWriter) (n int64, err error) {
	for e, err := range s.bookings(ctx, acquirer, day) {
		if err != nil {
			return n, err
		}
		if e.Fee, err = s.options.Files.Fee(acquirer, e); err != nil {
			return n, fmt.Errorf("clearing: the fee of %s %s: %w", e.Kind, e.ID(), err)
		}
		for _, file := range files {
			if err := file.Write(e); err != nil {
				return n, fmt.Errorf("clearing: %s %s: %w", e.Kind, e.ID(), err)
			}
		}
		n++
	}
	return n, nil
}
