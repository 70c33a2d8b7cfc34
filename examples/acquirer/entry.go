package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
)

// directory is a clearing institution's directory with one entry, as
// clearing.ParseDirectory reads it.
type directory struct {
	Acquirers []entry `json:"acquirers"`
}

type entry struct {
	Name          string          `json:"name"`
	Keys          json.RawMessage `json:"keys"` // a JWK Set
	TLSKeys       json.RawMessage `json:"tls_keys,omitempty"`
	Merchants     []merchant      `json:"merchants"`
	Notify        string          `json:"notify"`
	ReturnOrigins []string        `json:"return_origins"`
}

type merchant struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Domains []string `json:"domains"`
}

// printEntry writes who this acquirer is, for the clearing institution to check
// and register: nothing of it is secret.
func (f flags) printEntry(out io.Writer) error {
	secrets, err := f.secrets()
	if err != nil {
		return err
	}
	base := f.address(f.listen)
	at, err := url.Parse(base)
	if err != nil || at.Hostname() == "" {
		return fmt.Errorf("-base %q: want an address such as https://acquirer.example", base)
	}
	e := entry{Name: f.name, Keys: secrets.jwks, Notify: base + "/v1/notifications", ReturnOrigins: []string{base}}
	if e.TLSKeys, err = f.tls.clientKeys(); err != nil {
		return err
	}
	for _, m := range shops() {
		e.Merchants = append(e.Merchants, merchant{m.ID, m.Name, []string{"=" + at.Hostname()}})
	}
	write := json.NewEncoder(out)
	write.SetIndent("", "  ")
	return write.Encode(directory{[]entry{e}})
}
