package plantest

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/postgres"
)

// postgresDialect is that of stores that order/store/postgres opens.
const postgresDialect = "postgres"

// postgres opens a recorded store on an empty place of the cluster, which is
// closed with the test.
func (r *recorder) postgres(t testing.TB, c *pgtest.Cluster) *store.Store {
	t.Helper()
	config, err := pgx.ParseConfig(c.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	config.Tracer = tracer{r}
	db := stdlib.OpenDB(*config)
	s, err := postgres.New(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// tracer is called by the driver before each statement.
type tracer struct{ recorder *recorder }

func (t tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, s pgx.TraceQueryStartData) context.Context {
	t.recorder.note(statement{postgresDialect, s.SQL})
	return ctx
}

func (tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
