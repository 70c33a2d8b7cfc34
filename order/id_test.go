package order_test

import (
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
)

func TestIDsSortByTimeAndCarryIt(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, int(5*time.Millisecond), time.UTC)
	first, second := order.NewID(at), order.NewID(at.Add(time.Millisecond))
	if first >= second {
		t.Errorf("%s of %v does not sort before %s of a millisecond later", first, at, second)
	}
	if !first.Time().Equal(at) {
		t.Errorf("time = %v, want %v", first.Time(), at)
	}
	if first == order.NewID(at) {
		t.Error("two identifiers of one moment are equal")
	}
}

func TestParseIDRefusesWhatNewIDNeverMakes(t *testing.T) {
	good := string(order.NewID(time.Now()))
	if _, err := order.ParseID(good); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		"", good[:25], good + "0", "W" + good[1:], "../../../../../../etc/passw", "00000000000000000000000000",
		good[:25] + "1", // bits beyond the 128
		" " + good[1:], good[:10] + "0" + good[11:9+2] + good[10:],
	} {
		if id, err := order.ParseID(bad); err == nil {
			t.Errorf("ParseID(%q) = %q, want an error", bad, id)
		}
	}
	if got := order.ID("nonsense").Time(); !got.IsZero() {
		t.Errorf("time of nonsense = %v", got)
	}
}

func FuzzParseID(f *testing.F) {
	f.Add(string(order.NewID(time.UnixMilli(1))))
	f.Add("zzzzzzzzzzzzzzzzzzzzzzzzzz")
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := order.ParseID(s); err == nil && (string(id) != s || id.Time().IsZero()) {
			t.Fatalf("ParseID(%q) = %q at %v", s, id, id.Time())
		}
	})
}
