package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/anyscan/anyscan/internal/plainjson"
	"github.com/anyscan/anyscan/verify"
)

const maxPolicy = 16 << 20 // bytes

// file is the policy file.
type file struct {
	Mode        string             `json:"mode"`
	Domains     []string           `json:"domains"`
	Text        *text              `json:"text"`
	Keys        json.RawMessage    `json:"keys"`
	Merchant    string             `json:"merchant"`
	Scope       string             `json:"scope"`
	Plain       bool               `json:"plain"`
	Revoked     verify.Revocations `json:"revoked"`
	Development bool               `json:"development"`
}

type text struct {
	Value  string   `json:"value"`
	Values []string `json:"values"`
	Where  string   `json:"where"`
}

// readPolicy reads a policy file. All that is wrong with it is told at once.
func readPolicy(name string) (verify.Verifier, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxPolicy+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxPolicy {
		return nil, fmt.Errorf("%s has more than 16 MiB", name)
	}
	p, err := parsePolicy(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

func parsePolicy(raw []byte) (verify.Verifier, error) {
	var f file
	if err := strict(raw, &f); err != nil {
		return nil, err
	}
	var methods []verify.Method
	var problems []error
	for _, make := range []func() (verify.Method, error){f.signature, f.domains, f.agreed} {
		m, err := make()
		if err != nil {
			problems = append(problems, err)
		}
		if m != nil {
			methods = append(methods, m)
		}
	}
	if f.Keys == nil && (f.Merchant != "" || f.Scope != "" || f.Plain) {
		problems = append(problems, errors.New("merchant, scope and plain are about signatures: give keys, too"))
	}
	join, err := f.join()
	if err := errors.Join(append(problems, err)...); err != nil {
		return nil, err
	}
	if len(methods) == 0 {
		return new(verify.Policy), nil // refuses everything
	}
	return join(methods, &verify.Options{Development: f.Development})
}

// strict refuses what has no meaning here: it may have been meant to restrict.
func strict(raw []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("is no policy: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("is no policy: something follows the object")
	}
	return plainjson.Check(raw)
}

func (f *file) join() (func([]verify.Method, *verify.Options) (*verify.Policy, error), error) {
	switch f.Mode {
	case "", "any":
		return verify.Any, nil
	case "all":
		return verify.All, nil
	case "ordered":
		return verify.Ordered, nil
	}
	return nil, fmt.Errorf("mode is %.32q: any, all or ordered is right", f.Mode)
}

func (f *file) signature() (verify.Method, error) {
	if f.Keys == nil {
		return nil, nil
	}
	keys, err := verify.ParseKeys(f.Keys)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	widest, ok := map[string]verify.Scope{"": verify.ScopeAddress, "address": verify.ScopeAddress,
		"prefix": verify.ScopePrefix, "host": verify.ScopeHost, "domain": verify.ScopeDomain}[f.Scope]
	if !ok {
		return nil, fmt.Errorf("scope is %.32q: address, prefix, host or domain is right", f.Scope)
	}
	return method(verify.NewSignature(keys, &verify.SignatureOptions{Merchant: f.Merchant, Widest: widest, Plain: f.Plain, Revoked: f.Revoked}))
}

func (f *file) domains() (verify.Method, error) {
	if f.Domains == nil {
		return nil, nil
	}
	return method(verify.NewDomains(f.Domains))
}

func (f *file) agreed() (verify.Method, error) {
	if f.Text == nil {
		return nil, nil
	}
	values := f.Text.Values
	if f.Text.Value != "" || len(values) == 0 {
		values = append([]string{f.Text.Value}, values...)
	}
	part, ok := map[string]verify.Part{"": verify.AfterHost, "anywhere": verify.AfterHost, "path": verify.InPath, "query": verify.InQuery}[f.Text.Where]
	if !ok {
		return nil, fmt.Errorf("text: where is %.32q: path, query or anywhere is right", f.Text.Where)
	}
	return method(verify.NewAgreedString(values, &verify.AgreedStringOptions{In: part}))
}

// method keeps a nil *T out of the interface.
func method[M verify.Method](m M, err error) (verify.Method, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}
