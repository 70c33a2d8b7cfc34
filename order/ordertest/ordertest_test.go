package ordertest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/minttest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/ordertest"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// sound is a server that keeps the contract.
func sound(t *testing.T, c order.Clearing) ordertest.Subject {
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "acquirer.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	mint := minttest.New(nil)
	price := func(fen int64) order.Money { return order.Money{Amount: fen, Currency: "CNY"} }
	s, err := acquirer.New(t.Context(), st, c, acquirer.Merchants{
		{ID: "cafe", Name: "Café", Currency: "CNY", Direct: &acquirer.Direct{Amount: price(2500)}},
		{ID: "busker", Name: "Busker", Currency: "CNY", Direct: &acquirer.Direct{Max: price(10000)}},
		{ID: "tea", Name: "Tea", Currency: "CNY", Goods: []order.Item{
			{ID: "oolong", Name: "Oolong", Price: price(6800)}, {ID: "cup", Name: "Cup", Price: price(3200)}}},
	}, "https://acquirer.example", &acquirer.Options{Issuer: mint, Verify: mint.Policy(t)})
	if err != nil {
		t.Fatal(err)
	}
	sign := func(merchant string) string { return mint.Sign(t, s.CodeAddress(merchant), merchant) }
	bill, err := s.DynamicCode(t.Context(), "tea", price(3000), "bill")
	if err != nil {
		t.Fatal(err)
	}
	revoked, err := s.StaticCode(t.Context(), "cafe", time.Now().Add(time.Hour), "counter")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.RevokeCode(t.Context(), revoked.ID); err != nil {
		t.Fatal(err)
	}
	return ordertest.Subject{Server: s, Fixed: sign("cafe"), Entered: sign("busker"), Shop: sign("tea"),
		Dynamic: bill.Address, Revoked: revoked.Address}
}

// A fault breaks the contract in one way, in front of the server or behind it.
type fault struct {
	name   string
	rule   string // that it must be caught by
	server func(order.FirstServer) order.FirstServer
	peer   func(order.Clearing) order.Clearing
}

// front is a server with some calls replaced.
type front struct {
	order.FirstServer
	review  func(context.Context, string, []order.Choice) (order.Page, error)
	confirm func(context.Context, string, order.Confirmation) (order.PageJump, error)
	notify  func(context.Context, order.Status) error
}

func (f front) Review(ctx context.Context, address string, choices []order.Choice) (order.Page, error) {
	if f.review == nil {
		return f.FirstServer.Review(ctx, address, choices)
	}
	return f.review(ctx, address, choices)
}

func (f front) Confirm(ctx context.Context, address string, c order.Confirmation) (order.PageJump, error) {
	if f.confirm == nil {
		return f.FirstServer.Confirm(ctx, address, c)
	}
	return f.confirm(ctx, address, c)
}

func (f front) Notify(ctx context.Context, s order.Status) error {
	if f.notify == nil {
		return f.FirstServer.Notify(ctx, s)
	}
	return f.notify(ctx, s)
}

// back is a clearing institution with Place replaced.
type back struct {
	order.Clearing
	place func(context.Context, order.Order) (order.Placement, error)
}

func (b back) Place(ctx context.Context, o order.Order) (order.Placement, error) {
	return b.place(ctx, o)
}

func confirms(f func(s order.FirstServer, ctx context.Context, address string, c order.Confirmation) (order.PageJump, error)) func(order.FirstServer) order.FirstServer {
	return func(s order.FirstServer) order.FirstServer {
		return front{FirstServer: s, confirm: func(ctx context.Context, address string, c order.Confirmation) (order.PageJump, error) {
			return f(s, ctx, address, c)
		}}
	}
}

func notifies(f func(s order.FirstServer, ctx context.Context, st order.Status) error) func(order.FirstServer) order.FirstServer {
	return func(s order.FirstServer) order.FirstServer {
		return front{FirstServer: s, notify: func(ctx context.Context, st order.Status) error { return f(s, ctx, st) }}
	}
}

func places(f func(c order.Clearing, ctx context.Context, o order.Order) (order.Placement, error)) func(order.Clearing) order.Clearing {
	return func(c order.Clearing) order.Clearing {
		return back{c, func(ctx context.Context, o order.Order) (order.Placement, error) { return f(c, ctx, o) }}
	}
}

func faults() []fault {
	return slices.Concat(confirmingFaults(), notifyingFaults(), refundingFaults(), placingFaults(), codeFaults())
}

func confirmingFaults() []fault {
	fresh := 0
	return []fault{
		{name: "ignores the key", rule: "a confirmation repeated under its key gives the same order and address",
			server: confirms(func(s order.FirstServer, ctx context.Context, address string, c order.Confirmation) (order.PageJump, error) {
				fresh++
				c.Key += "-" + strings.Repeat("x", fresh)
				return s.Confirm(ctx, address, c)
			})},
		{name: "does not ask what the key stands for", rule: "another confirmation under the same key is idempotency_key_reused and changes nothing",
			server: func(s order.FirstServer) order.FirstServer {
				made := map[string]order.PageJump{}
				return confirms(func(s order.FirstServer, ctx context.Context, address string, c order.Confirmation) (order.PageJump, error) {
					if jump, ok := made[c.Merchant+c.Key]; ok {
						return jump, nil
					}
					jump, err := s.Confirm(ctx, address, c)
					made[c.Merchant+c.Key] = jump
					return jump, err
				})(s)
			}},
		{name: "charges today's price", rule: "a confirmation of a page that has changed is page_changed and places nothing",
			server: confirms(func(s order.FirstServer, ctx context.Context, address string, c order.Confirmation) (order.PageJump, error) {
				if p, err := s.Page(ctx, address); err == nil && len(c.Choices) == 0 {
					c.Revision = p.Revision
				}
				return s.Confirm(ctx, address, c)
			})},
		{name: "reviews at other prices", rule: "the order information page has what was chosen at the shop's prices, and their sum",
			server: func(s order.FirstServer) order.FirstServer {
				return front{FirstServer: s, review: func(ctx context.Context, address string, choices []order.Choice) (order.Page, error) {
					p, err := s.Review(ctx, address, choices)
					for i := range p.Lines {
						p.Lines[i].Price.Amount++
					}
					return p, err
				}}
			}},
		{name: "lets callers wait for ever", rule: "a confirmation under a context that has ended is not begun",
			server: confirms(func(s order.FirstServer, ctx context.Context, address string, c order.Confirmation) (order.PageJump, error) {
				return s.Confirm(context.WithoutCancel(ctx), address, c)
			})},
	}
}

func notifyingFaults() []fault {
	return []fault{
		{name: "acknowledges everything", rule: "a final state is never overwritten",
			server: notifies(func(s order.FirstServer, ctx context.Context, st order.Status) error {
				s.Notify(ctx, st)
				return nil
			})},
		{name: "acknowledges orders of others", rule: "an order that was never made is not_found",
			server: notifies(func(s order.FirstServer, ctx context.Context, st order.Status) error {
				if err := s.Notify(ctx, st); !errors.Is(err, order.CodeNotFound) {
					return err
				}
				return nil
			})},
		{name: "takes what came last for the newest", rule: "a version that is older or was told before is acknowledged and changes nothing",
			server: func(s order.FirstServer) order.FirstServer {
				n := int64(0)
				return notifies(func(s order.FirstServer, ctx context.Context, st order.Status) error {
					n += 10
					st.Version += n
					return s.Notify(ctx, st)
				})(s)
			}},
		{name: "does not look at what was paid", rule: "a payment of another amount is in conflict and changes nothing",
			server: notifies(func(s order.FirstServer, ctx context.Context, st order.Status) error {
				if st.Payment != nil {
					paid := *st.Payment
					paid.Amount, st.Payment = st.Order.Total, &paid
				}
				return s.Notify(ctx, st)
			})},
		{name: "does not look at the merchant", rule: "an order of another merchant or amount is in conflict and changes nothing",
			server: notifies(func(s order.FirstServer, ctx context.Context, st order.Status) error {
				st.Order.Merchant = strings.TrimSuffix(st.Order.Merchant, "x")
				return s.Notify(ctx, st)
			})},
		{name: "notifies nobody", rule: "what the gateway tells is acknowledged once it is the order's result",
			server: notifies(func(order.FirstServer, context.Context, order.Status) error { return nil })},
	}
}

// remembering keeps the first that was told of each refund, for f.
func remembering(f func(first map[order.ID]order.Refund, st *order.Status)) func(order.FirstServer) order.FirstServer {
	return func(s order.FirstServer) order.FirstServer {
		first := map[order.ID]order.Refund{}
		return notifies(func(s order.FirstServer, ctx context.Context, st order.Status) error {
			st.Refunds = slices.Clone(st.Refunds)
			f(first, &st)
			for _, r := range st.Refunds {
				if _, known := first[r.ID]; !known {
					first[r.ID] = r
				}
			}
			return s.Notify(ctx, st)
		})(s)
	}
}

func refundingFaults() []fault {
	return []fault{
		{name: "forgets refunds", rule: "what the gateway tells of refunds is acknowledged once it is the order's result",
			server: notifies(func(s order.FirstServer, ctx context.Context, st order.Status) error {
				st.Refunds = nil
				return s.Notify(ctx, st)
			})},
		{name: "sorts refunds by their IDs", rule: "refunds that are told for the first time are taken in as they stand, in the order in which they are told",
			server: notifies(func(s order.FirstServer, ctx context.Context, st order.Status) error {
				st.Refunds = slices.Clone(st.Refunds)
				slices.SortFunc(st.Refunds, func(a, b order.Refund) int { return strings.Compare(string(a.ID), string(b.ID)) })
				return s.Notify(ctx, st)
			})},
		{name: "takes the refunds that came last for the newest", rule: "refunds of a version that is older or was told before are acknowledged and change nothing",
			server: func(s order.FirstServer) order.FirstServer {
				n := int64(0)
				return notifies(func(s order.FirstServer, ctx context.Context, st order.Status) error {
					n += 10
					st.Version += n
					return s.Notify(ctx, st)
				})(s)
			}},
		{name: "does not look at a refund's amount", rule: "a refund that contradicts what is known is in conflict and changes nothing",
			server: remembering(func(first map[order.ID]order.Refund, st *order.Status) {
				for i, r := range st.Refunds {
					if was, known := first[r.ID]; known {
						st.Refunds[i].Amount = was.Amount
					}
				}
			})},
		{name: "keeps the first end of a refund", rule: "a refund that ended never changes",
			server: remembering(func(first map[order.ID]order.Refund, st *order.Status) {
				for i, r := range st.Refunds {
					if was := first[r.ID]; was.State.Final() {
						st.Refunds[i] = was
					}
				}
			})},
		{name: "does not miss a refund", rule: "a refund that was told and is missing in a newer version is in conflict and changes nothing",
			server: remembering(func(first map[order.ID]order.Refund, st *order.Status) {
				for id, r := range first {
					if !slices.ContainsFunc(st.Refunds, func(r order.Refund) bool { return r.ID == id }) {
						st.Refunds = append(st.Refunds, r)
					}
				}
			})},
		{name: "learns a version twice", rule: "refunds that differ from those told in the same version are in conflict and change nothing",
			server: func(s order.FirstServer) order.FirstServer {
				n := int64(0)
				return notifies(func(s order.FirstServer, ctx context.Context, st order.Status) error {
					n++
					st.Version += n
					return s.Notify(ctx, st)
				})(s)
			}},
	}
}

func placingFaults() []fault {
	return []fault{
		{name: "makes a new order each time it places", rule: "a gateway whose answer was lost is unavailable; the same confirmation goes on with the same order",
			peer: places(func(c order.Clearing, ctx context.Context, o order.Order) (order.Placement, error) {
				o.ID = order.NewID(o.Created)
				return c.Place(ctx, o)
			})},
		{name: "places twice", rule: "confirming a direct page places its order, and jumps to the gateway",
			peer: places(func(c order.Clearing, ctx context.Context, o order.Order) (order.Placement, error) {
				other := o
				other.ID = order.NewID(o.Created)
				c.Place(ctx, other)
				return c.Place(ctx, o)
			})},
		{name: "tries a refusal again", rule: "an order that the gateway refuses is refused, and stays so",
			peer: places(func(c order.Clearing, ctx context.Context, o order.Order) (order.Placement, error) {
				p, err := c.Place(ctx, o)
				if err != nil {
					err = errors.New("try again")
				}
				return p, err
			})},
		{name: "takes a fault of its configuration for a refusal", rule: "a gateway that does not know the acquirer has decided nothing about the order",
			peer: places(func(c order.Clearing, ctx context.Context, o order.Order) (order.Placement, error) {
				p, err := c.Place(ctx, o)
				if errors.Is(err, order.CodeUnauthenticated) {
					err = order.Errorf(order.CodeRefused, "", "no")
				}
				return p, err
			})},
	}
}

func codeFaults() []fault {
	return []fault{
		{name: "forgets which order a code stands for", rule: "a code with an amount is one order, whoever confirms it",
			peer: places(func(c order.Clearing, ctx context.Context, o order.Order) (order.Placement, error) {
				o.ID = order.NewID(o.Created)
				return c.Place(ctx, o)
			})},
		{name: "does not look at revocations", rule: "a code that was taken back opens no page and makes no order",
			server: confirms(func(s order.FirstServer, ctx context.Context, address string, c order.Confirmation) (order.PageJump, error) {
				jump, err := s.Confirm(ctx, address, c)
				if errors.Is(err, order.CodeRevoked) {
					err = nil
				}
				return jump, err
			})},
		{name: "charges the next customer", rule: "a code with an amount that is paid is in conflict with another payment",
			server: confirms(func(s order.FirstServer, ctx context.Context, address string, c order.Confirmation) (order.PageJump, error) {
				jump, err := s.Confirm(ctx, address, c)
				if errors.Is(err, order.CodeConflict) {
					err = nil
				}
				return jump, err
			})},
	}
}

// TestFaulty fails where the kit is as it should be: TestKitCatchesFaults runs
// it in a process of its own, for one fault and one rule.
func TestFaulty(t *testing.T) {
	name := os.Getenv("ORDERTEST_FAULT")
	for _, f := range faults() {
		if f.name == name {
			ordertest.Run(t, f.subject)
			return
		}
	}
	t.Skip("run by TestKitCatchesFaults")
}

func (f fault) subject(t *testing.T, c order.Clearing) ordertest.Subject {
	if f.peer != nil {
		c = f.peer(c)
	}
	s := sound(t, c)
	if f.server != nil {
		s.Server = f.server(s.Server)
	}
	return s
}

func TestKitCatchesFaults(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			rule := strings.ReplaceAll(f.rule, " ", "_")
			cmd := exec.CommandContext(t.Context(), self, "-test.v", "-test.run", "^TestFaulty$/^"+regexp.QuoteMeta(rule)+"$")
			cmd.Env = append(os.Environ(), "ORDERTEST_FAULT="+f.name)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: TestFaulty/"+rule) {
				t.Errorf("a server that %s passes %q: %v\n%s", f.name, f.rule, err, out)
			}
		})
	}
}

func TestKitPassesASoundServer(t *testing.T) { ordertest.Run(t, sound) }
