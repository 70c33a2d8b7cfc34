package reconcile

import (
	"bufio"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"github.com/anyscan/anyscan/internal/jwk"
)

// Format is one of the two ways in which a clearing file is written, and the
// customary extension of its name.
type Format string

const (
	CSV       Format = "csv"   // RFC 4180, for spreadsheets and whoever reads tables
	JSONLines Format = "jsonl" // one JSON object a line
)

// spelling is how the format writes rows.
func (f Format) spelling() (spelling, error) {
	switch f {
	case CSV:
		return csvSpelling{}, nil
	case JSONLines:
		return jsonSpelling{}, nil
	}
	return nil, fmt.Errorf("reconcile: there is no format %.40q: want %s or %s", f, CSV, JSONLines)
}

// Writer writes a clearing file, entry by entry. It is used by one goroutine.
type Writer struct {
	out      *bufio.Writer
	spelling spelling
	key      func() crypto.Signer // a function, so that it does not print
	hash     hash.Hash
	line     []byte
	period   Period
	last     place
	tally    tally
	err      error // the first one: nothing is written after it
}

// place is where an entry stands among the others.
type place struct {
	booked int64 // microseconds since 1970
	id     string
}

func placeOf(e Entry) place { return place{e.Booked.UnixMicro(), e.ID()} }

// after reports an entry that does not follow the one before it.
func (p place) after(last place) error {
	if p.booked < last.booked || p.booked == last.booked && p.id <= last.id {
		return errors.New("does not follow the entry before it: want them by the time when they were booked, then by ID, each once")
	}
	return nil
}

// NewWriter begins a clearing file of the format on w with its header; key signs
// it. The key is an Ed25519 key, or one on P-256 or of RSA with 2048 to 4096 bits.
//
// Errors are a *[FileError] that names what is wrong with the header, or what w
// says.
func NewWriter(w io.Writer, f Format, h Header, key crypto.Signer) (*Writer, error) {
	s, err := f.spelling()
	if err != nil {
		return nil, err
	}
	if key == nil {
		return nil, errors.New("reconcile: the key is nil: every clearing file is signed")
	}
	if err := jwk.Check(key.Public()); err != nil {
		return nil, fmt.Errorf("reconcile: the key is %w", err)
	}
	if name, err := h.check(); err != nil {
		return nil, &FileError{Column: name, Err: fmt.Errorf("%w: %w", ErrFormat, err)}
	}
	out := &Writer{out: bufio.NewWriterSize(w, 32<<10), spelling: s, key: func() crypto.Signer { return key },
		hash: sha256.New(), period: h.Period, tally: tally{}}
	if f == CSV {
		out.put([]byte(strings.Join(columnNames[:], ",") + s.end()))
	}
	for _, p := range h.pairs() {
		out.row(pairRow(recordHeader, p))
	}
	return out, out.err
}

// Write adds an entry. Entries come in the order in which they were booked, and
// those of one moment by their ID. After an error, a *[FileError] or what the
// underlying writer says, the file cannot be finished.
func (w *Writer) Write(e Entry) error {
	if w.err != nil {
		return w.err
	}
	if w.err = w.admit(e); w.err == nil {
		w.row(entryRow(e))
	}
	return w.err
}

// admit counts an entry that may stand here.
func (w *Writer) admit(e Entry) error {
	if column, err := e.check(); err != nil {
		return &FileError{Column: column, Err: fmt.Errorf("%w: %w", ErrFormat, err)}
	}
	if err := w.period.admits(e, w.last); err != nil {
		return err
	}
	w.last = placeOf(e)
	if err := w.tally.add(e); err != nil {
		return &FileError{Column: "gross", Err: err}
	}
	return nil
}

// admits reports an entry that is not of the period, or not the next one.
func (p Period) admits(e Entry, last place) error {
	if !p.Contains(e.Booked) {
		return &FileError{Column: "booked", Err: syntax("is %s: the file is from %s until before %s",
			formatTime(e.Booked), formatTime(p.From), formatTime(p.Until))}
	}
	if err := placeOf(e).after(last); err != nil {
		return &FileError{Column: "booked", Err: fmt.Errorf("%w: %w", ErrFormat, err)}
	}
	return nil
}

// Close ends the file with its totals and its signature, and hands what is
// buffered to the underlying writer, which it does not close. The totals are
// those of the file, by currency.
func (w *Writer) Close() ([]Totals, error) {
	totals := w.tally.sorted()
	for _, r := range totalRows(totals) {
		w.row(r)
	}
	if w.err != nil {
		return nil, w.err
	}
	pairs, err := sign(w.key(), w.hash.Sum(nil))
	if err != nil {
		w.err = fmt.Errorf("reconcile: signing: %w", err)
		return nil, w.err
	}
	for _, p := range pairs {
		w.row(pairRow(recordSignature, p))
	}
	if w.err == nil {
		w.err = w.out.Flush()
	}
	if w.err != nil {
		return nil, w.err
	}
	w.err = errors.New("reconcile: the file is closed")
	return totals, nil
}

// totalRows are the total records of a file.
func totalRows(all []Totals) (rows []row) {
	for _, t := range all {
		for i, sum := range t.sums() {
			rows = append(rows, totalRow(totalNames[i], t.Currency, sum))
		}
	}
	return rows
}

func (w *Writer) row(r row) {
	w.line = w.spelling.line(w.line[:0], &r)
	w.put(w.line)
}

func (w *Writer) put(line []byte) {
	if w.err != nil {
		return
	}
	w.hash.Write(line)
	_, w.err = w.out.Write(line)
}
