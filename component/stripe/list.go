package stripe

import (
	"encoding/json"

	sdk "github.com/stripe/stripe-go/v85"
)

// A page asks Stripe for the next of a list, after the object with this ID, or the
// first.
type page[T any] func(after *string) *sdk.V1List[*T]

// look goes through a list, the newest first, to the one that is looked for; nil where
// the list is over without it. That a list is over counts only if Stripe says so: an
// answer without a list is none. The iterator of Stripe's library would take such an
// answer for an empty list, and ask for ever for a list that has more and shows nothing.
func look[T any](next page[T], id func(*T) string, is func(*T) bool, most int, tooMany string) (*T, error) {
	var after *string
	for n := 0; n < most; {
		l, err := fetched(next, after)
		if err != nil {
			return nil, err
		}
		if !isList(l.LastResponse()) {
			return nil, unreadable("it is no list")
		}
		for _, one := range l.Data() {
			if n++; is(one) {
				return one, nil
			}
			after = new(id(one))
		}
		switch {
		case !l.Meta().HasMore:
			return nil, nil
		case len(l.Data()) == 0:
			return nil, unreadable("the list has more and shows nothing")
		}
	}
	return nil, unknown(tooMany, nil)
}

// fetched is a page. Stripe's library follows a null in it without looking.
func fetched[T any](next page[T], after *string) (l *sdk.V1List[*T], err error) {
	defer func() {
		if recover() != nil {
			err = unreadable("there is null in the list")
		}
	}()
	if l = next(after); l.Err() != nil {
		return nil, failed(l.Err())
	}
	return l, nil
}

// isList reports that the answer is a list, though it may be empty.
func isList(r *sdk.APIResponse) bool {
	var list struct {
		Object string
		Data   *[]json.RawMessage
	}
	return r != nil && json.Unmarshal(r.RawJSON, &list) == nil && list.Object == "list" && list.Data != nil
}
