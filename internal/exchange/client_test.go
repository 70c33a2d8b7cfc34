package exchange

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// failing answers with the errors, one after the other, then with nothing wrong,
// and counts. A nil error is a connection that breaks.
type failing struct {
	errs  []*order.Error
	tries int
}

func (f *failing) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	f.tries++
	if f.tries > len(f.errs) {
		w.WriteHeader(http.StatusNoContent)
		return w.Result(), nil
	}
	err := f.errs[f.tries-1]
	if err == nil {
		return nil, errors.New("the connection breaks")
	}
	wire.WriteError(w, r, err)
	if err.RetryAfter == 0 {
		w.Header().Del("Retry-After") // as from a proxy
	}
	return w.Result(), nil
}

func TestWhatIsTriedAgain(t *testing.T) {
	un := &order.Error{Code: order.CodeUnavailable}
	get, keyed := Call{Method: "GET"}, Call{Method: "POST", Key: "k"}
	for name, c := range map[string]struct {
		call  Call
		errs  []*order.Error
		tries int
		want  order.Code
	}{
		"reading":             {get, []*order.Error{un}, 2, ""},
		"a write with a key":  {keyed, []*order.Error{un}, 2, ""},
		"a write without one": {Call{Method: "POST"}, []*order.Error{un}, 1, order.CodeUnavailable},
		"one that may be":     {Call{Method: "POST", Again: true}, []*order.Error{un}, 2, ""},
		"a broken connection": {get, []*order.Error{nil}, 2, ""},
		"in flight":           {keyed, []*order.Error{{Code: order.CodeInFlight}}, 2, ""},
		"too often":           {keyed, []*order.Error{{Code: order.CodeRateLimited}}, 2, ""},
		"a decision":          {keyed, []*order.Error{{Code: order.CodeRefused}}, 1, order.CodeRefused},
		"a fault":             {keyed, []*order.Error{{Code: order.CodeInternal}}, 1, order.CodeInternal},
		"three times at most": {keyed, []*order.Error{un, un, un, un}, 3, order.CodeUnavailable},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := &failing{errs: c.errs}
			c.call.Op, c.call.Address = "op", "https://pay.example/"
			err := NewClient(&http.Client{Transport: f}, 0, 0).Do(t.Context(), c.call, nil)
			if order.CodeOf(err) != c.want || f.tries != c.tries {
				t.Errorf("%s: %v after %d tries, want %q after %d", name, err, f.tries, c.want, c.tries)
			}
		})
	}
}

// Pauses double and are partly random; a peer's own wish goes before them; and
// nobody waits for a try that cannot be made.
func TestPauses(t *testing.T) {
	asks := func(d time.Duration) []*order.Error {
		return []*order.Error{{Code: order.CodeRateLimited, RetryAfter: d}}
	}
	for name, c := range map[string]struct {
		errs    []*order.Error
		patient time.Duration // of the context, 0 is for ever
		tries   int
		from    time.Duration
		to      time.Duration
	}{
		"doubled":                   {[]*order.Error{nil, nil, nil}, 0, 4, 3500 * time.Millisecond, 7 * time.Second},
		"as asked":                  {asks(5 * time.Second), 0, 2, 5 * time.Second, 5500 * time.Millisecond},
		"as long as it waits":       {asks(30 * time.Second), 0, 2, 30 * time.Second, 31 * time.Second},
		"longer than it waits":      {asks(31 * time.Second), 0, 1, 0, 0},
		"longer than the context":   {asks(5 * time.Second), 5 * time.Second, 1, 0, 0},
		"within the context":        {asks(5 * time.Second), 6 * time.Second, 2, 5 * time.Second, 6 * time.Second},
		"a pause beyond the end":    {[]*order.Error{nil}, 500 * time.Millisecond, 1, 0, 0},
		"the second one beyond it":  {[]*order.Error{nil, nil}, 1500 * time.Millisecond, 2, 500 * time.Millisecond, time.Second},
		"nothing to wait for there": {nil, 0, 1, 0, 0},
	} {
		for seed := range 20 { // of what is random
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if c.patient > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.patient)
					defer cancel()
				}
				f := &failing{errs: c.errs}
				begun := time.Now()
				NewClient(&http.Client{Transport: f}, 3, time.Second).Do(ctx, Call{Method: "GET", Address: "https://pay.example/" + strconv.Itoa(seed)}, nil)
				if took := time.Since(begun); f.tries != c.tries || took < c.from || took > c.to {
					t.Errorf("%s: %d tries in %v, want %d in %v to %v", name, f.tries, took, c.tries, c.from, c.to)
				}
			})
		}
	}
}

func TestContextEndsAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		f := &failing{errs: []*order.Error{nil}}
		begun := time.Now()
		err := NewClient(&http.Client{Transport: f}, 1, time.Hour).Do(ctx, Call{Method: "GET", Address: "https://pay.example/"}, nil)
		if !errors.Is(err, order.CodeUnavailable) || f.tries != 1 || time.Since(begun) != 100*time.Millisecond {
			t.Errorf("%v after %d tries and %v", err, f.tries, time.Since(begun))
		}
	})
}
