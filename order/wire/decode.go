package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"unicode/utf8"

	"github.com/anyscan/anyscan/order"
)

// rules is how much of what a message holds its reader must know.
type rules int

const (
	requestRules rules = iota // everything: it is asked to do what stands there
	reportRules               // what it needs: it is told what happened
)

// decode reads one JSON value into v. Package encoding/json forgives much, so
// the text is checked against v's type first and decoded only when it is
// beyond doubt.
func decode(data []byte, v any, r rules) error {
	if err := checkText(data); err != nil {
		return invalid(err, order.Problem{Detail: err.Error()})
	}
	c := newChecker(data, r)
	c.value(target(v))
	if len(c.problems) > 0 {
		return invalid(nil, c.problems...)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if r == requestRules {
		dec.DisallowUnknownFields()
	}
	err := dec.Decode(v)
	if _, ok := errors.AsType[*json.InvalidUnmarshalError](err); ok {
		return &order.Error{Code: order.CodeInternal, Err: err}
	}
	if err != nil {
		return invalid(err, order.Problem{Detail: "does not fit the message that is expected here"})
	}
	return nil
}

// target is the type that v points to, nil if it is no pointer.
func target(v any) reflect.Type {
	if t := reflect.TypeOf(v); t != nil && t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return nil
}

// checkText reports data that is not exactly one JSON value in UTF-8.
func checkText(data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return errors.New("is empty: want JSON")
	}
	if !utf8.Valid(data) {
		return errors.New("holds bytes that are not UTF-8")
	}
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	if s, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("is not one JSON value: %w, at byte %d", err, s.Offset)
	}
	return err
}

func invalid(cause error, problems ...order.Problem) error {
	return &order.Error{
		Code: order.CodeInvalid, Detail: "the body is not a valid message", Problems: problems, Err: cause,
	}
}

// withOp names in err what was being done.
func withOp(op string, err error) error {
	if e, ok := errors.AsType[*order.Error](err); ok && e.Op == "" {
		e.Op = op
	}
	return err
}
