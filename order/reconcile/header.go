package reconcile

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
)

const (
	version = "anyscan-clearing/1" // of the file's schema
	unit    = "minor"              // of amounts: minor units of the currency
)

// Header is what a clearing file says of itself before its entries.
type Header struct {
	Institution string // the clearing institution's name, 1 to 128 bytes
	Acquirer    string // its name in the institution's directory: 1 to 64 of a-z 0-9 -
	Date        Date   // the business date
	Zone        string // the cut-off's time zone, as in the IANA database, such as "Asia/Shanghai"
	Period      Period // from cut-off to cut-off; at most 4 days, where the cut-off was moved
	// Sequence counts the acquirer's files from 1, so that one that is missing is
	// noticed.
	Sequence int64
	Made     time.Time // when the file was made
}

// A pair is a header record, or one of the signature.
type pair struct{ name, value string }

// pairs are the header records, in their order.
func (h Header) pairs() []pair {
	return []pair{
		{"format", version},
		{"unit", unit},
		{"institution", h.Institution},
		{"acquirer", h.Acquirer},
		{"date", string(h.Date)},
		{"time_zone", h.Zone},
		{"from", formatTime(h.Period.From)},
		{"until", formatTime(h.Period.Until)},
		{"sequence", strconv.FormatInt(h.Sequence, 10)},
		{"made", formatTime(h.Made)},
	}
}

// set reads the value of a header record.
func (h *Header) set(name, value string) (err error) {
	switch name {
	case "format":
		return want(value, version)
	case "unit":
		return want(value, unit)
	case "institution":
		h.Institution = value
	case "acquirer":
		h.Acquirer = value
	case "date":
		h.Date, err = parseDate(value)
	case "time_zone":
		h.Zone = value
	case "from":
		h.Period.From, err = parseTime(value)
	case "until":
		h.Period.Until, err = parseTime(value)
	case "sequence":
		h.Sequence, err = strconv.ParseInt(value, 10, 64)
		if err != nil || integer(h.Sequence) != value {
			err = fmt.Errorf("is %.40q: want a number", value)
		}
	case "made":
		h.Made, err = parseTime(value)
	}
	if err == nil {
		err = h.checkValue(name)
	}
	return err
}

func want(is, should string) error {
	if is != should {
		return fmt.Errorf("is %.40q: want %q", is, should)
	}
	return nil
}

// check reports the first value that is not as a clearing file has it.
func (h Header) check() (name string, err error) {
	for _, p := range h.pairs() {
		if err := h.checkValue(p.name); err != nil {
			return p.name, err
		}
	}
	return "", nil
}

// checkValue checks a value by itself and against those before it.
func (h Header) checkValue(name string) error {
	switch name {
	case "institution":
		return checkText(h.Institution)
	case "acquirer":
		if h.Acquirer == "" || len(h.Acquirer) > 64 || strings.Trim(h.Acquirer, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return fmt.Errorf("is %.70q: want 1 to 64 of a-z 0-9 -", h.Acquirer)
		}
	case "date":
		_, err := parseDate(string(h.Date))
		return err
	case "time_zone":
		return order.CheckText(h.Zone, 64)
	case "from":
		return checkTime(h.Period.From)
	case "until":
		if err := checkTime(h.Period.Until); err != nil {
			return err
		}
		if length := h.Period.Until.Sub(h.Period.From); length <= 0 || length > 96*time.Hour {
			return fmt.Errorf("is %v after from: want more than 0 and at most 96 h", length)
		}
	case "sequence":
		if h.Sequence < 1 {
			return fmt.Errorf("is %d: files count from 1", h.Sequence)
		}
	case "made":
		if err := checkTime(h.Made); err != nil {
			return err
		}
		if h.Made.Before(h.Period.Until) {
			return fmt.Errorf("is %s: a file is made after its cut-off, %s", formatTime(h.Made), formatTime(h.Period.Until))
		}
	}
	return nil
}

func formatTime(t time.Time) string { return t.Format(time.RFC3339Nano) }

func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || formatTime(t.UTC()) != s {
		return t, fmt.Errorf("is %.40q: want a time in UTC such as 2026-11-23T09:00:00.25Z", s)
	}
	return t.UTC(), nil
}
