package clearing

import (
	"context"
	"database/sql"

	"github.com/anyscan/anyscan/order/reconcile"
)

// partSize is how many bytes one transaction stores, so that it is short.
const partSize = 256 << 10

// A fileWriter writes a clearing file into its table, part by part.
type fileWriter struct {
	*reconcile.Writer
	parts *partWriter
}

func (s *Server) newFileWriter(ctx context.Context, row fileRow, f reconcile.Format, h reconcile.Header) (*fileWriter, error) {
	parts := &partWriter{s: s, ctx: ctx, row: row, format: f}
	w, err := reconcile.NewWriter(parts, f, h, s.files())
	return &fileWriter{w, parts}, err
}

// finish writes totals and signature, and what is left of the last part.
func (w *fileWriter) finish() error {
	if _, err := w.Close(); err != nil {
		return err
	}
	return w.parts.store()
}

// A partWriter stores what is written to it, once there is enough, and fails when
// another server has begun to make the file.
type partWriter struct {
	s       *Server
	ctx     context.Context // of the one call that writes the file
	row     fileRow
	format  reconcile.Format
	part    int
	waiting []byte
}

func (w *partWriter) Write(b []byte) (int, error) {
	w.waiting = append(w.waiting, b...)
	if len(w.waiting) < partSize {
		return len(b), nil
	}
	return len(b), w.store()
}

func (w *partWriter) store() error {
	if len(w.waiting) == 0 {
		return nil
	}
	err := w.s.store.Do(w.ctx, func(ctx context.Context, tx *sql.Tx) error {
		return exactlyOne(tx.ExecContext(ctx, `INSERT INTO clearing_file_parts (file_id, format, part, content)
			SELECT $1, $2, $3, $4 FROM clearing_files WHERE acquirer = $5 AND business_date = $6 AND file_id = $1 AND made = 0`,
			w.row.id, string(w.format), w.part, w.waiting, w.row.acquirer, string(w.row.date)))
	})
	w.part++
	w.waiting = w.waiting[:0]
	return err
}
