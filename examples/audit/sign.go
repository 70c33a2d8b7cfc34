package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/order/audit"
	"github.com/anyscan/anyscan/order/wire"
)

const keyName = "AUDIT_KEY"

func (f flags) key() (ed25519.PrivateKey, error) {
	var lookup program.Lookup = os.LookupEnv
	if f.keys != "" {
		var err error
		if lookup, err = program.Kept(f.keys, []string{keyName}); err != nil {
			return nil, fmt.Errorf("-keys: %w", err)
		}
	}
	read := program.NewSecrets(lookup)
	key := read.Key("the key that it signs with", keyName)
	return key, read.Err()
}

func (f flags) printKey(out io.Writer) error {
	key, err := f.key()
	if err != nil {
		return err
	}
	jwks, err := wire.FormatKeySet(wire.Key{Public: key.Public()})
	if err == nil {
		_, err = fmt.Fprintf(out, "%s\n", jwks)
	}
	return err
}

// sign signs roots until ctx ends.
func (f flags) sign(ctx context.Context, out, stderr io.Writer) (err error) {
	key, err := f.key()
	if err != nil {
		return err
	}
	db, err := program.OpenStore(ctx, f.db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	log := slog.New(slog.NewTextHandler(stderr, nil))
	notary, err := audit.NewNotary(ctx, db, f.log, key, &audit.Options{Logger: log})
	if err != nil {
		return err
	}
	return program.Announce(ctx, out, log, "log       "+f.name+"\n", notary.Run)
}
