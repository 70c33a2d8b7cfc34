package joint

import (
	"flag"
	"os"
	"strconv"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"
)

// played plays a script in a world of its own and returns the rule that it broke.
func played(t *testing.T, s script, in setting, p planted, tally map[string]int) (broken error) {
	synctest.Test(t, func(t *testing.T) {
		acquirers, gateways := in(t)
		w := newWorld(t, acquirers, gateways, p)
		w.tally = tally
		broken = w.play(s)
	})
	return broken
}

// checks is how many scripts are played: as many as the environment says, or else a
// number for the usual run, and fewer with -short.
func checks(t *testing.T, usual int) int {
	if n, err := strconv.Atoi(os.Getenv("ANYSCAN_SCRIPTS")); err == nil {
		return n
	}
	if testing.Short() {
		return usual / 5
	}
	return usual
}

func TestPaidOnceOrGivenBack(t *testing.T) {
	paidOnceOrGivenBack(t, files(t), checks(t, 50))
}

func TestPaidOnceOrGivenBackOnPostgres(t *testing.T) {
	paidOnceOrGivenBack(t, schemas(t), checks(t, 15))
}

func paidOnceOrGivenBack(t *testing.T, in setting, n int) {
	draw(t, n)
	tally := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		s := scripts().Draw(rt, "script")
		if err := played(t, s, in, planted{}, tally); err != nil {
			rt.Fatalf("%v\n%v", err, s)
		}
	})
	t.Log(tally)
	for _, what := range []string{"order paid", "order expired", "refund succeeded", "refund asked for succeeded"} {
		if n >= 50 && tally[what] == 0 {
			t.Errorf("no script came to: %s", what)
		}
	}
}

// TestOneClockSaysTooLate plays what random scripts come to once in some hundred: an
// order that never arrived, whose time is over by the gateway's clock alone.
func TestOneClockSaysTooLate(t *testing.T) {
	s := script{{"trouble", 0, 0, 0}, {"confirm", 1, 0, 0}, {"wait", 6, 0, 0},
		{"clock", 1, 3, 0}, {"clock", 2, 0, 0}, {"confirm", 1, 0, 0}}
	tally := map[string]int{}
	if err := played(t, s, files(t), planted{}, tally); err != nil || tally["order never placed"] != 1 {
		t.Fatal(err, tally)
	}
}

// draw sets how many scripts rapid draws, until the test ends.
func draw(t *testing.T, n int) {
	checks := flag.Lookup("rapid.checks")
	was := checks.Value.String()
	t.Cleanup(func() { _ = checks.Value.Set(was) })
	if err := checks.Value.Set(strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
}
