package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// twice refuses an object that names a member twice, also in another letter case:
// readers differ about which one counts. raw is JSON.
func twice(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	return value(d)
}

func value(d *json.Decoder) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch t {
	case json.Delim('{'):
		return members(d)
	case json.Delim('['):
		for d.More() {
			if err := value(d); err != nil {
				return err
			}
		}
		_, err = d.Token()
	}
	return err
}

func members(d *json.Decoder) error {
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name := strings.ToLower(fmt.Sprint(t))
		if seen[name] {
			return fmt.Errorf("names %.64q twice", name)
		}
		seen[name] = true
		if err := value(d); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}
