package reconcile

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"strings"
)

// ReaderOptions are the settings of [NewReader]. The zero value of a field, and a
// nil *ReaderOptions, stand for the defaults.
type ReaderOptions struct {
	// Acquirer is whose file it has to be. Default: anybody's.
	Acquirer string
	// Date is of which day it has to be, so that an older file, which proves itself
	// as well, is not taken for it. Default: any.
	Date Date
	// MaxEntries is how many entries a file may have. Default: 10 million.
	MaxEntries int64
}

const maxLine = 4 << 10 // bytes; the longest that a Writer makes has half of it

// Reader reads a clearing file of either format, entry by entry. It is used by one
// goroutine.
type Reader struct {
	in       *bufio.Reader
	spelling spelling
	hash     hash.Hash // of what was read before the signature
	number   int       // of the line
	again    []byte    // the line as it should be
	keys     Keys
	options  ReaderOptions
	header   Header
	tally    tally
	totals   []Totals // once the file is verified
	begun    bool
}

// NewReader begins to read a clearing file and reads its header. Which format it
// has, it tells by the first byte. keys are those of the institution.
//
// Errors are a *[FileError].
func NewReader(r io.Reader, keys Keys, o *ReaderOptions) (*Reader, error) {
	if keys == nil {
		return nil, errors.New("reconcile: keys is nil: no file is believed without its signature")
	}
	in := &Reader{in: bufio.NewReaderSize(r, maxLine), hash: sha256.New(), keys: keys, tally: tally{}}
	if o != nil {
		in.options = *o
	}
	if in.options.MaxEntries == 0 {
		in.options.MaxEntries = 10_000_000
	}
	if err := in.detect(); err != nil {
		return nil, err
	}
	return in, in.readHeader()
}

// detect tells the format, and reads the names of the columns.
func (r *Reader) detect() error {
	first, err := r.in.Peek(1)
	if err != nil {
		return &FileError{Line: 1, Err: unexpected(err)}
	}
	if first[0] == '{' {
		r.spelling = jsonSpelling{}
		return nil
	}
	r.spelling = csvSpelling{}
	line, err := r.next()
	if err != nil {
		return err
	}
	if names := strings.Join(columnNames[:], ","); string(line) != names+"\r\n" {
		return r.wrong("", syntax("is %.200q: want the columns %s, and CRLF", line, names))
	}
	r.hash.Write(line)
	return nil
}

func (r *Reader) readHeader() error {
	for _, p := range r.header.pairs() {
		row, line, err := r.row()
		if err != nil {
			return err
		}
		if row[colRecord] != recordHeader || row[colName] != p.name {
			return r.wrong("name", syntax("is %s %.40q: want header %q", row[colRecord], row[colName], p.name))
		}
		if err := r.header.set(p.name, row[colValue]); err != nil {
			return r.wrong(p.name, fmt.Errorf("%w: %w", ErrFormat, err))
		}
		r.hash.Write(line)
		if err := r.options.expects(p.name, row[colValue]); err != nil {
			return r.wrong(p.name, err)
		}
	}
	return nil
}

// expects reports a header record of another file than the one that is wanted.
func (o *ReaderOptions) expects(name, value string) error {
	want := map[string]string{"acquirer": o.Acquirer, "date": string(o.Date)}[name]
	if want != "" && want != value {
		return syntax("is %q: want the file of %q", value, want)
	}
	return nil
}

// Header is what the file says of itself. It is proven once [Reader.Entries] has
// ended without an error.
func (r *Reader) Header() Header { return r.header }

// Totals are the sums of the file by currency, once [Reader.Entries] has ended
// without an error; nil before.
func (r *Reader) Totals() []Totals { return r.totals }

// Entries reads the entries, which can be done once. Count on none of them before
// the iteration has ended without an error: at the end of the file stand its
// totals, which are compared with the entries, and its signature.
//
// Errors are a *[FileError], or ctx's; one is the last of the iteration.
func (r *Reader) Entries(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if r.begun {
			yield(Entry{}, errors.New("reconcile: the entries were read already"))
			return
		}
		r.begun = true
		if err := r.each(ctx, func(e Entry) bool { return yield(e, nil) }); err != nil && err != errStopped {
			yield(Entry{}, err)
		}
	}
}

var errStopped = errors.New("stopped")

func (r *Reader) each(ctx context.Context, yield func(Entry) bool) error {
	var last place
	for n := int64(0); ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, line, err := r.row()
		if err != nil {
			return err
		}
		if kind := Kind(row[colRecord]); kind != Payment && kind != Refund {
			return r.finish(ctx, row, line)
		}
		if n == r.options.MaxEntries {
			return r.wrong("", fmt.Errorf("%w: more than %d entries", ErrTooLarge, n))
		}
		e, err := r.entry(&row, last)
		if err != nil {
			return err
		}
		r.hash.Write(line)
		last = placeOf(e)
		if !yield(e) {
			return errStopped
		}
	}
}

// entry reads an entry and counts it.
func (r *Reader) entry(row *row, last place) (Entry, error) {
	e, err := row.entry()
	if err == nil {
		err = r.header.Period.admits(e, last)
	}
	if err != nil {
		return e, r.at(err)
	}
	if err := r.tally.add(e); err != nil {
		return e, r.wrong("gross", err)
	}
	return e, nil
}

// finish compares the totals, of which it is given the first line, with the
// entries, and verifies the signature.
func (r *Reader) finish(ctx context.Context, is row, line []byte) (err error) {
	totals := r.tally.sorted()
	for _, should := range totalRows(totals) {
		if err := r.sameTotal(is, should); err != nil {
			return err
		}
		r.hash.Write(line)
		if is, line, err = r.row(); err != nil {
			return err
		}
	}
	sum := r.hash.Sum(nil)
	pairs := []pair{{name: pairKey}, {name: pairDigest}, {name: pairValue}}
	for i := range pairs {
		if is[colRecord] != recordSignature || is[colName] != pairs[i].name {
			return r.wrong("record", syntax("is %s %.40q: want signature %q", is[colRecord], is[colName], pairs[i].name))
		}
		pairs[i].value = is[colValue]
		if i == len(pairs)-1 {
			break
		}
		if is, _, err = r.row(); err != nil {
			return err
		}
	}
	if _, err := r.in.Peek(1); err != io.EOF {
		return r.wrong("", syntax("is not the last: a clearing file ends with its signature"))
	}
	if name, err := verify(ctx, r.keys, pairs, sum); err != nil {
		return r.wrong(name, err)
	}
	r.totals = totals
	return nil
}

func (r *Reader) sameTotal(is, should row) error {
	for column, text := range should {
		if is[column] != text {
			return r.wrong(columnNames[column], fmt.Errorf("%w: is %.40q: the entries come to %q of %s in %s",
				ErrTotals, is[column], text, should[colName], should[colCurrency]))
		}
	}
	return nil
}

// row reads a line and holds it to its spelling. The bytes are good until the next.
func (r *Reader) row() (row, []byte, error) {
	line, err := r.next()
	if err != nil {
		return row{}, nil, err
	}
	text, ended := bytes.CutSuffix(line, []byte(r.spelling.end()))
	if !ended {
		return row{}, nil, r.wrong("", syntax("does not end in %q: was the file changed on its way?", r.spelling.end()))
	}
	is, err := r.spelling.parse(string(text))
	if err == nil {
		err = is.shape()
	}
	if err != nil {
		return is, nil, r.at(err)
	}
	if r.again = r.spelling.line(r.again[:0], &is); !bytes.Equal(r.again, line) {
		return is, nil, r.wrong("", syntax("is %.300q: want the one spelling %.300q", line, r.again))
	}
	return is, line, nil
}

// next reads a line with its end.
func (r *Reader) next() ([]byte, error) {
	r.number++
	line, err := r.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, r.wrong("", fmt.Errorf("%w: a line has at most %d bytes", ErrTooLarge, maxLine))
	case err != nil:
		return nil, r.wrong("", unexpected(err))
	}
	return line, nil
}

// unexpected is the end of a file that has no signature yet.
func unexpected(err error) error {
	if err == io.EOF {
		return syntax("the file ends before its signature: %w", io.ErrUnexpectedEOF)
	}
	return err
}

func (r *Reader) wrong(column string, err error) error {
	return &FileError{Line: r.number, Column: column, Err: err}
}

// at adds the line to an error that has none.
func (r *Reader) at(err error) error {
	if e, ok := errors.AsType[*FileError](err); ok {
		return r.wrong(e.Column, e.Err)
	}
	return r.wrong("", err)
}
