package clearing

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/order"
)

// The key of an order is the same each time, sorts by the order's time, is
// another one for another acquirer, and reads as an order.ID.
func TestOrderKeys(t *testing.T) {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var keys []orderKey
	for i := range 100 {
		id := order.NewID(start.Add(time.Duration(i) * time.Millisecond))
		key := keyOf("north", id)
		if again := keyOf("north", id); again != key {
			t.Fatalf("one order has the keys %s and %s", key, again)
		}
		if keyOf("south", id) == key || keyOf("nort", "h"+id) == key {
			t.Fatalf("the key %s is not its acquirer's alone", key)
		}
		if parsed, ok := parseOrderKey(string(key)); !ok || parsed != key || !order.ID(key).Time().Equal(id.Time()) {
			t.Fatalf("the key %s of %s does not read as an ID of its time", key, id)
		}
		keys = append(keys, key)
	}
	if !slices.IsSorted(keys) {
		t.Error("keys do not sort by the time of their orders")
	}
}

// A token is good for one version, purpose and name. A version that is not
// held makes none, and in particular not the one that anybody can compute.
func TestTokens(t *testing.T) {
	held := newTokens(map[int]Secret{1: {1}, 2: {2}})
	token := held.mint(1, forPaying, "name")
	if len(token) != tokenLength || !held.verify(1, forPaying, "name", token) {
		t.Fatalf("the token %q is not good", token)
	}
	if held.current() != 2 {
		t.Errorf("version %d is current, want 2", held.current())
	}
	unsecured := newTokens(map[int]Secret{3: {}}).mint(3, forPaying, "name")
	for what, good := range map[string]bool{
		"another version": held.verify(2, forPaying, "name", token),
		"another purpose": held.verify(1, forReturning, "name", token),
		"another name":    held.verify(1, forPaying, "nam", token),
		"a version that is not held": held.verify(3, forPaying, "name", unsecured) ||
			held.verify(3, forPaying, "name", ""),
	} {
		if good {
			t.Errorf("the token is good for %s", what)
		}
	}
}

// An attempt's ID says which attempt of which order it is, and nothing else
// reads as one.
func TestAttemptIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := keyOf("north", order.NewID(time.UnixMilli(rapid.Int64Range(0, 1<<47).Draw(t, "milli"))))
		number := rapid.IntRange(1, maxNumber).Draw(t, "number")
		id := attemptID(key, number)
		if gotKey, gotNumber, ok := parseAttemptID(id); !ok || gotKey != key || gotNumber != number {
			t.Errorf("%s reads as attempt %d of %s, %v", id, gotNumber, gotKey, ok)
		}
	})
}

func FuzzParseAttemptID(f *testing.F) {
	key := keyOf("north", order.NewID(time.Now()))
	for _, seed := range []string{attemptID(key, 1), attemptID(key, maxNumber), string(key) + "00", string(key) + "V1", string(key), ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key, number, ok := parseAttemptID(s)
		if ok && attemptID(key, number) != s {
			t.Errorf("%q reads as %d of %s, which is written %q", s, number, key, attemptID(key, number))
		}
	})
}
