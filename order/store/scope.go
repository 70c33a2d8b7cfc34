package store

import "context"

type scopeKey struct{}

// A scope is one running fn. Its context leads to it, and through outer to the
// fns of other stores that it runs within.
type scope struct {
	store  *Store
	outer  *scope
	writes bool     // it is a Do
	after  []func() // what to run once it is committed
}

// enter returns the context that fn gets.
func (sc *scope) enter(ctx context.Context) context.Context {
	return context.WithValue(ctx, scopeKey{}, sc)
}

// committed runs what waited for the commit.
func (sc *scope) committed() {
	for _, f := range sc.after {
		f()
	}
}

// scopeOf returns the innermost fn that ctx was given to, or nil.
func scopeOf(ctx context.Context) *scope {
	sc, _ := ctx.Value(scopeKey{}).(*scope)
	return sc
}

// running reports whether ctx was given to an fn of s.
func running(ctx context.Context, s *Store) bool {
	for sc := scopeOf(ctx); sc != nil; sc = sc.outer {
		if sc.store == s {
			return true
		}
	}
	return false
}

// AfterCommit lets f run once what fn did is committed, on the goroutine that
// called [Store.Do] and before Do returns, in the order of registration. If fn
// fails or the outcome of the commit is unknown, f never runs: use it for
// hints, such as waking a worker, and never for what must not be lost.
//
// ctx is the context that fn was given. AfterCommit reports whether it belongs
// to a Do; if not, f will not run. It is called on fn's own goroutine.
func AfterCommit(ctx context.Context, f func()) bool {
	sc := scopeOf(ctx)
	if sc == nil || !sc.writes {
		return false
	}
	sc.after = append(sc.after, f)
	return true
}
