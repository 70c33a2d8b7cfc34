package clearing

import (
	"context"
	"database/sql"
)

// maxHistory is how many changes of an acquirer [DirectoryStore.History] tells.
const maxHistory = 1000

// List are all acquirers in the store by name, with those that were removed. A
// stored entry that cannot be read is an *order.Error with [order.CodeInvalid];
// what could be read comes with it.
func (s *DirectoryStore) List(ctx context.Context) ([]DirectoryEntry, error) {
	return s.read(ctx, "clearing.DirectoryStore.List", loadDirectory)
}

// History are the changes of an acquirer, the newest first, at most 1000.
func (s *DirectoryStore) History(ctx context.Context, name string) ([]DirectoryEntry, error) {
	return s.read(ctx, "clearing.DirectoryStore.History", func(ctx context.Context, tx *sql.Tx) ([]directoryRow, error) {
		return loadHistory(ctx, tx, name, maxHistory)
	})
}

func (s *DirectoryStore) read(ctx context.Context, op string, load func(context.Context, *sql.Tx) ([]directoryRow, error)) (all []DirectoryEntry, err error) {
	var rows []directoryRow
	err = s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		rows, err = load(ctx, tx)
		return err
	})
	if err != nil {
		return nil, s.fail(ctx, op, err)
	}
	var p problems
	for _, r := range rows {
		all = append(all, r.entry(&p))
	}
	return all, p.err(op, "the stored directory is not valid")
}
