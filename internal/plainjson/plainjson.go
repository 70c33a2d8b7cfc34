package plainjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Check reports raw that is not one JSON value in UTF-8, that names a member twice,
// also in another letter case, or that holds null or half a character.
func Check(raw []byte) error {
	if !utf8.Valid(raw) {
		return errors.New("holds bytes that are not UTF-8")
	}
	if !json.Valid(raw) { // also what is nested too deep to walk through
		return errors.New("is not one JSON value")
	}
	return value(json.NewDecoder(bytes.NewReader(raw)), "the value")
}

func value(d *json.Decoder, name string) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case nil:
		return fmt.Errorf("says null for %s: leave it out", name)
	case string:
		if strings.ContainsRune(t, utf8.RuneError) {
			return fmt.Errorf("holds half a character in %s", name)
		}
	case json.Delim:
		if t == '{' {
			return members(d)
		}
		return elements(d, name)
	}
	return nil
}

func elements(d *json.Decoder, name string) error {
	for d.More() {
		if err := value(d, name); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func members(d *json.Decoder) error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		if seen[fold(name)] {
			return fmt.Errorf("names %.64q twice", fold(name))
		}
		seen[fold(name)] = true
		if err := value(d, fmt.Sprintf("%.64q", name)); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// fold makes names equal that encoding/json takes for one: to it a long s is an s and
// the Kelvin sign a k.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }
