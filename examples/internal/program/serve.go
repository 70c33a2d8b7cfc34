package program

import (
	"context"
	"errors"
	"io"
	"log/slog"
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
