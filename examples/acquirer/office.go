package main

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/order/acquirer"
)

// office is the library's server for what the staff asks for, on the store of the
// one that serves, which may be running. It books what it changes, as that does. done
// closes its files.
func (f flags) office(ctx context.Context, stderr io.Writer) (office *acquirer.Server, done func() error, err error) {
	secrets, err := f.secrets()
	if err != nil {
		return nil, nil, err
	}
	parts, err := f.parts(secrets, f.address(f.listen), slog.New(slog.NewTextHandler(stderr, nil)))
	if err != nil {
		return nil, nil, err
	}
	db, err := program.OpenStore(ctx, f.db)
	if err != nil {
		return nil, nil, err
	}
	books, err := openBooks(ctx, db)
	if err == nil {
		parts.Options.OnChange = books.onChange
		office, err = parts.Server(ctx, db)
	}
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return office, db.Close, nil
}
