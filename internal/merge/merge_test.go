package merge_test

import (
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/internal/merge"
	"github.com/anyscan/anyscan/order/reconcile"
)

// sequence are entries of a kind, booked at those moments.
func sequence(kind reconcile.Kind, moments []int64) iter.Seq2[reconcile.Entry, error] {
	return func(yield func(reconcile.Entry, error) bool) {
		for i, at := range moments {
			if !yield(reconcile.Entry{Kind: kind, Booked: time.UnixMicro(at), Gross: int64(i)}, nil) {
				return
			}
		}
	}
}

// What comes out is what sorting both by moment and then by kind gives, as far as
// somebody reads.
func TestBooked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moments := rapid.SliceOfN(rapid.Int64Range(1, 20), 0, 12)
		a, b := moments.Draw(t, "a"), moments.Draw(t, "b")
		slices.Sort(a)
		slices.Sort(b)
		want, got := []reconcile.Entry{}, []reconcile.Entry{}
		for _, s := range []iter.Seq2[reconcile.Entry, error]{sequence(reconcile.Payment, a), sequence(reconcile.Refund, b)} {
			for e := range s {
				want = append(want, e)
			}
		}
		slices.SortStableFunc(want, func(x, y reconcile.Entry) int { return x.Booked.Compare(y.Booked) })
		want = want[:rapid.IntRange(0, len(want)).Draw(t, "read")]
		for e, err := range merge.Booked(sequence(reconcile.Payment, a), sequence(reconcile.Refund, b)) {
			if err != nil {
				t.Fatal(err)
			}
			if len(got) == len(want) {
				break
			}
			got = append(got, e)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// An error of either sequence comes out.
func TestBookedTellsErrors(t *testing.T) {
	broken := errors.New("the table is gone")
	fails := func(yield func(reconcile.Entry, error) bool) { yield(reconcile.Entry{}, broken) }
	sound := sequence(reconcile.Payment, []int64{1, 2})
	for what, s := range map[string]iter.Seq2[reconcile.Entry, error]{"first": merge.Booked(fails, sound), "second": merge.Booked(sound, fails)} {
		told := 0
		for _, err := range s {
			if errors.Is(err, broken) {
				told++
			}
		}
		if told != 1 {
			t.Errorf("the error of the %s came out %d times, want once", what, told)
		}
	}
}
