package wire

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// fields are the names that a struct has in JSON. A nil type takes anything.
type fields map[string]reflect.Type

// fieldsOf follows the rules of encoding/json for names and embedded structs.
func fieldsOf(t reflect.Type) fields {
	all := fields{}
	for f := range t.Fields() {
		tag := f.Tag.Get("json")
		name, opts, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-":
		case f.Anonymous && name == "" && embedded(f.Type).Kind() == reflect.Struct:
			promoted := fieldsOf(embedded(f.Type))
			maps.DeleteFunc(promoted, func(n string, _ reflect.Type) bool { _, taken := all[n]; return taken })
			maps.Copy(all, promoted)
		case !f.IsExported():
		case slices.Contains(strings.Split(opts, ","), "string"):
			all[nameOf(f, name)] = nil
		default:
			all[nameOf(f, name)] = f.Type
		}
	}
	return all
}

func embedded(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func nameOf(f reflect.StructField, tagged string) string {
	if tagged == "" {
		return f.Name
	}
	return tagged
}

// folds reports whether encoding/json would take name for one of the fields
// although it is spelled in other letter case.
func (f fields) folds(name string) bool {
	for known := range f {
		if strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}

// String lists the names for people.
func (f fields) String() string {
	names := slices.Sorted(maps.Keys(f))
	for i, n := range names {
		names[i] = strconv.Quote(n)
	}
	switch len(names) {
	case 0:
		return "no fields"
	case 1:
		return names[0]
	}
	return "one of " + strings.Join(names, ", ")
}

// taker is the type that decodes a value for t, nil when anything goes, and
// whether t can hold null.
func taker(t reflect.Type) (_ reflect.Type, nullable bool) {
	for t != nil && t.Kind() == reflect.Pointer {
		t, nullable = t.Elem(), true
	}
	if t == nil || t.Kind() == reflect.Interface {
		return nil, true
	}
	return t, nullable || t.Kind() == reflect.Slice || t.Kind() == reflect.Map
}

// decodesItself reports whether the type, not its kind, says what it takes.
func decodesItself(t reflect.Type) bool {
	return t != nil && (reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) || readsText(t))
}

func readsText(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// holds reports whether values of the type are objects, or arrays.
func holds(t reflect.Type, open byte) bool {
	if open == '{' {
		return t.Kind() == reflect.Struct || t.Kind() == reflect.Map
	}
	return (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) && !isBytes(t)
}

func isBytes(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
}

// misfit says why raw is not a value of t, given the error of decoding it.
func misfit(t reflect.Type, raw []byte, err error) string {
	_, wrongKind := errors.AsType[*json.UnmarshalTypeError](err)
	if decodesItself(t) && !wrongKind && t != reflect.TypeFor[time.Time]() {
		return fmt.Sprintf("is not valid: %.200s", err)
	}
	return fmt.Sprintf("is %s: want %s", describe(raw), want(t))
}

// describe names what stands there. Of texts it tells the kind alone: they may
// be long, or not for every log.
func describe(raw []byte) string {
	switch {
	case bytes.HasPrefix(raw, []byte(`"`)):
		return "a string"
	case bytes.HasPrefix(raw, []byte("{")):
		return "an object"
	case bytes.HasPrefix(raw, []byte("[")):
		return "an array"
	}
	return fmt.Sprintf("%.40s", raw)
}

// want names what the type takes.
func want(t reflect.Type) string {
	switch kind := t.Kind(); {
	case t == reflect.TypeFor[time.Time]():
		return "a time such as 2006-01-02T15:04:05Z"
	case readsText(t), kind == reflect.String:
		return "a string"
	case decodesItself(t):
		return "a value of another kind"
	case isBytes(t):
		return "a string in base64"
	case kind == reflect.Bool:
		return "true or false"
	case kind == reflect.Float32, kind == reflect.Float64:
		return "a number"
	case kind >= reflect.Int && kind <= reflect.Int64:
		return fmt.Sprintf("an integer of %d bits", t.Bits())
	case kind >= reflect.Uint && kind <= reflect.Uintptr:
		return fmt.Sprintf("an integer of %d bits, not negative", t.Bits())
	case kind == reflect.Slice, kind == reflect.Array:
		return "an array"
	}
	return "an object"
}
