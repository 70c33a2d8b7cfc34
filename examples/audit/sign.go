package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"log/slog"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/order/audit"
)

const keyName = "AUDIT_KEY"

func (f flags) key() (ed25519.PrivateKey, error) { return program.SigningKey(f.keys, keyName) }

func (f flags) printKey(out io.Writer) error {
	key, err := f.key()
	if err != nil {
		return err
	}
	return program.PrintPublic(out, key)
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
