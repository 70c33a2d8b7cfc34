package acquirer_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
)

// run runs the server's background work until the test ends or stop is called.
func run(t *testing.T, s *acquirer.Server) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// later lets time pass; in a synctest bubble that takes none.
func later(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// crash confirms at a server that dies at the moment of placing, before or
// after the gateway acted. It returns the next server over the same file and
// the order that was made.
func crash(t *testing.T, key string, acts bool, next *peer) (*acquirer.Server, order.Order) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "acquirer.db")
	st := open(t, path)
	dying := &peer{place: func(ctx context.Context, o order.Order) (order.Placement, error) {
		defer st.Close()
		if acts {
			return next.Place(ctx, o)
		}
		return order.Placement{}, errors.New("the power is gone")
	}}
	s, err := acquirer.New(t.Context(), st, dying, merchants(), base, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Confirm(t.Context(), s.CodeAddress("cafe"), coffee(t, s, key))
	wantCode(t, "confirming at the server that dies", err, order.CodeUnavailable)
	s, err = acquirer.New(t.Context(), open(t, path), next, merchants(), base, nil)
	if err != nil {
		t.Fatal(err)
	}
	made := dying.orders()[0]
	wantSame(t, "the state after the crash", status(t, s, made.ID).State, order.StatePlacing)
	return s, made
}

func TestCrashBeforePlacingIsMadeUpFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := &peer{}
		s, made := crash(t, "key-1", false, gateway)
		run(t, s)
		later(29 * time.Second)
		wantSame(t, "what was placed while Confirm might still be at it", gateway.orders(), []order.Order(nil))
		later(10 * time.Minute)
		wantSame(t, "what was placed then", gateway.orders(), []order.Order{made})
		wantSame(t, "the state", status(t, s, made.ID).State, order.StateOpen)
		wantSame(t, "the jump", confirm(t, s, coffee(t, s, "key-1")), order.PageJump{Order: made.ID, Address: placement(made).Address})
		wantSame(t, "what was placed in the end", gateway.orders(), []order.Order{made})
	})
}

func TestCrashAfterPlacingIsMadeUpFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := &peer{}
		s, made := crash(t, "key-1", true, gateway)
		wantSame(t, "the jump", confirm(t, s, coffee(t, s, "key-1")), order.PageJump{Order: made.ID, Address: placement(made).Address})
		run(t, s)
		later(10 * time.Minute)
		wantSame(t, "what was placed", gateway.orders(), []order.Order{made, made})
	})
}

// orphan is an order that the gateway does not answer about.
func orphan(t *testing.T, gateway *peer) (*acquirer.Server, order.Confirmation, order.ID) {
	t.Helper()
	gateway.turn(unreachable)
	s := newServer(t, gateway, nil)
	c := coffee(t, s, "key-1")
	_, err := s.Confirm(t.Context(), s.CodeAddress("cafe"), c)
	wantCode(t, "confirming while nobody answers", err, order.CodeUnavailable)
	return s, c, gateway.orders()[0].ID
}

func TestUnreachableGatewayIsTriedUntilTheOrdersTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway, start := &peer{}, time.Now()
		s, c, _ := orphan(t, gateway)
		run(t, s)
		later(2 * time.Hour)
		// The last two times it is past the order's time, and asks whether the gateway
		// knows it: the second time nothing can be on its way there any more.
		want := []time.Duration{0, 30 * time.Second, 90 * time.Second, 210 * time.Second, 510 * time.Second, 1110 * time.Second, 1220 * time.Second}
		wantSame(t, "when the gateway was called", gateway.since(start), want)
		wantSame(t, "how often it was to place the order", len(gateway.orders()), 5)
		_, err := s.Confirm(t.Context(), s.CodeAddress("cafe"), c)
		wantCode(t, "the same confirmation afterwards", err, order.CodeExpired)
	})
}

// What was sent in time may arrive after it: a gateway that does not know the
// order then may still take it, and be paid.
func TestOrderThatIsStillOnItsWayIsNotGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := &peer{}
		s, _, id := orphan(t, gateway)
		run(t, s)
		later(19 * time.Minute) // asked once, after 18:30
		wantSame(t, "the state", status(t, s, id).State, order.StatePlacing)
		paid := told(gateway.orders()[0], order.StatePaid, 2)
		if err := s.Notify(t.Context(), paid); err != nil {
			t.Fatal(err)
		}
		later(2 * time.Hour)
		wantSame(t, "the state in the end", status(t, s, id).State, order.StatePaid)
	})
}

func TestOrderWhosePlacingIsNotKnownIsAskedForAfterItsTime(t *testing.T) {
	for what, c := range map[string]struct {
		told order.State // "" if the gateway does not know it
		want order.State
	}{
		"never placed": {"", order.StateExpired},
		"placed":       {order.StateExpired, order.StateExpired},
		"paid":         {order.StatePaid, order.StatePaid},
	} {
		synctest.Test(t, func(t *testing.T) {
			gateway := &peer{}
			if c.told != "" {
				gateway.query = func(context.Context, order.ID) (order.Status, error) {
					return told(gateway.orders()[0], c.told, 2), nil
				}
			}
			s, _, id := orphan(t, gateway)
			run(t, s)
			later(4 * time.Hour)
			wantSame(t, what, status(t, s, id).State, c.want)
		})
	}
}

func TestOrderThatIsToldOfMeanwhileHasNotExpired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway, start := &peer{}, time.Now()
		var s *acquirer.Server
		gateway.query = func(ctx context.Context, id order.ID) (order.Status, error) {
			err := s.Notify(ctx, told(gateway.orders()[0], order.StateOpen, 1))
			return order.Status{}, errors.Join(err, order.Errorf(order.CodeNotFound, "peer", "there is no such order"))
		}
		s, _, id := orphan(t, gateway)
		run(t, s)
		later(2 * time.Hour)
		wantSame(t, "the state", status(t, s, id).State, order.StateOpen)
		want := []time.Duration{1110 * time.Second, 1140 * time.Second, 1200 * time.Second, 1320 * time.Second,
			1620 * time.Second, 2220 * time.Second, 4020 * time.Second}
		wantSame(t, "when it was asked", gateway.since(start)[5:], want)
	})
}

func TestGatewayThatDoesNotTellIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway, start := &peer{}, time.Now()
		gateway.query = func(context.Context, order.ID) (order.Status, error) {
			made := gateway.orders()[0]
			switch len(gateway.since(start)) - 1 { // after the placing
			case 1:
				return order.Status{}, errors.New("nobody answers")
			case 2:
				return told(made, order.StateOpen, 1), nil
			case 3: // it was placed: not to be believed
				return order.Status{}, order.Errorf(order.CodeNotFound, "peer", "there is no such order")
			}
			return told(made, order.StatePaid, 3), nil
		}
		s := newServer(t, gateway, nil)
		run(t, s)
		id := confirm(t, s, coffee(t, s, "key-1")).Order
		later(2 * time.Hour)
		wantSame(t, "when the gateway was called", gateway.since(start), []time.Duration{0,
			15*time.Minute + 30*time.Second, 16*time.Minute + 30*time.Second, 18*time.Minute + 30*time.Second, 23*time.Minute + 30*time.Second})
		wantSame(t, "the order", status(t, s, id), told(gateway.orders()[0], order.StatePaid, 3))
	})
}

func TestGatewayThatTellsIsNotAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway, start := &peer{}, time.Now()
		s := newServer(t, gateway, nil)
		run(t, s)
		id := confirm(t, s, coffee(t, s, "key-1")).Order
		later(time.Minute)
		if err := s.Notify(t.Context(), told(status(t, s, id).Order, order.StatePaid, 2)); err != nil {
			t.Fatal(err)
		}
		later(2 * time.Hour)
		wantSame(t, "when the gateway was called", gateway.since(start), []time.Duration{0})
	})
}

func TestGatewayThatAnswersAboutAnotherOrderIsNotBelieved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := &peer{}
		gateway.query = func(_ context.Context, id order.ID) (order.Status, error) {
			all := gateway.orders()
			i := slices.IndexFunc(all, func(o order.Order) bool { return o.ID != id })
			return told(all[i], order.StatePaid, 2), nil
		}
		s := newServer(t, gateway, nil)
		confirm(t, s, coffee(t, s, "key-1"))
		confirm(t, s, coffee(t, s, "key-2"))
		run(t, s)
		later(time.Hour)
		for _, o := range gateway.orders() {
			wantSame(t, "the state", status(t, s, o.ID).State, order.StateOpen)
		}
	})
}

func TestRefusalInTheBackgroundEndsTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := &peer{}
		s, c, _ := orphan(t, gateway)
		gateway.turn(func(context.Context, order.Order) (order.Placement, error) {
			return order.Placement{}, order.Errorf(order.CodeForbidden, "peer", "not from you")
		})
		run(t, s)
		later(time.Hour)
		_, err := s.Confirm(t.Context(), s.CodeAddress("cafe"), c)
		wantCode(t, "the same confirmation", err, order.CodeRefused)
		wantSame(t, "how often it was placed", len(gateway.orders()), 2)
	})
}

func TestBooksThatFailInTheBackgroundAreTriedAgain(t *testing.T) {
	for what, c := range map[string]struct {
		place placing
		want  order.State
	}{
		"refused": {func(context.Context, order.Order) (order.Placement, error) {
			return order.Placement{}, order.Errorf(order.CodeForbidden, "peer", "not from you")
		}, order.StateRefused},
		"never placed": {unreachable, order.StateExpired},
		"paid":         {nil, order.StatePaid},
	} {
		synctest.Test(t, func(t *testing.T) {
			gateway := &peer{}
			if c.want == order.StatePaid {
				gateway.query = func(context.Context, order.ID) (order.Status, error) {
					return told(gateway.orders()[0], order.StatePaid, 2), nil
				}
			}
			s, b := withBooks(t, gateway)
			gateway.turn(unreachable)
			s.Confirm(t.Context(), s.CodeAddress("cafe"), coffee(t, s, "key-1"))
			failures := 2
			b.fail = func(change acquirer.Change) error {
				if change.State == c.want && failures > 0 {
					failures--
					return errors.New("the ledger is closed")
				}
				return nil
			}
			gateway.turn(c.place)
			run(t, s)
			later(4 * time.Hour)
			wantSame(t, what, status(t, s, gateway.orders()[0].ID).State, c.want)
			wantSame(t, "failures left", failures, 0)
		})
	}
}

func TestRunStopsWithItsContextAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := &peer{}
		s, _, id := orphan(t, gateway)
		gateway.turn(func(ctx context.Context, o order.Order) (order.Placement, error) {
			<-ctx.Done() // still placing when the program is told to stop
			return order.Placement{}, ctx.Err()
		})
		stop := run(t, s)
		later(31 * time.Second)
		stop()
		gateway.turn(nil)
		run(t, s)
		later(time.Minute)
		wantSame(t, "the state", status(t, s, id).State, order.StateOpen)
		wantSame(t, "how often it was placed", len(gateway.orders()), 3)
	})
}
