package program

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
)

// Announce prints where a server is and serves until ctx ends. Where nobody can
// be told, it does not begin.
func Announce(ctx context.Context, out io.Writer, log *slog.Logger, where string, serve func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	_, err := io.WriteString(out, where)
	if err != nil {
		stop()
	}
	told := context.AfterFunc(ctx, func() { log.Info("stopping: requests under way are finished") })
	defer told()
	return errors.Join(err, serve(ctx))
}

// CheckDB wants the path of a SQLite file for -db. What else it may be is not
// printed: addresses of databases hold passwords.
func CheckDB(path string) error {
	switch {
	case IsDSN(path):
		return errors.New("-db is the address of a database: want the path of a SQLite file, the only kind so far")
	case strings.TrimSpace(path) == "":
		return errors.New("-db is empty: want the path of a SQLite file")
	}
	return nil
}

// IsDSN tells the address of a database from a path.
func IsDSN(s string) bool {
	return strings.Contains(s, "://") || strings.Contains(s, "host=") || strings.Contains(s, "dbname=")
}
