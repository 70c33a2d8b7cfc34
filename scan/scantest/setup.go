package scantest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/verify"
)

// Addresses that the kit's servers are reached at. A transport under test
// serves [Setup.First] at Acquirer and [Setup.Second] at Gateway.
const (
	Acquirer = "http://acquirer.localhost"
	Gateway  = "http://gateway.localhost"

	codeAddress = Acquirer + "/m/teahouse"
	payAddress  = Gateway + "/pay/0123456789abcdefghijklmnop0123456789abcdefghijklmnop"
	backAddress = Gateway + "/return/0123456789abcdefghijklmnop000123456789abcdefghijklmnop"
)

// Setup is what the terminal of one check is to be built with.
type Setup struct {
	First    order.FirstServer    // the acquirer to reach
	Second   gateway.SecondServer // the gateway to reach
	Codes    verify.Verifier
	Gateways verify.Verifier
	Host     scan.Host
	Options  scan.Options
}

// bench is one check's setup with the instruments behind it.
type bench struct {
	Setup
	log    *log
	first  *acquirer
	second *cashier
	host   *host
}

func newBench(t *testing.T) *bench {
	t.Helper()
	dev := &verify.Options{Development: true}
	codes, err := verify.Hosts([]string{"acquirer.localhost"}, dev)
	if err != nil {
		t.Fatal(err)
	}
	gateways, err := verify.Hosts([]string{"gateway.localhost"}, dev)
	if err != nil {
		t.Fatal(err)
	}
	l := &log{}
	b := &bench{log: l, first: newAcquirer(l), host: &host{log: l, pick: []string{"blue"}}}
	b.second = &cashier{log: l, first: b.first}
	b.Setup = Setup{First: b.first, Second: b.second, Codes: codes, Gateways: gateways, Host: b.host, Options: scan.Options{
		Browser: invoker{l, "browser"}, Apps: map[string]scan.Invoker{"green": invoker{l, "green app"}},
	}}
	return b
}

// log records what reached the instruments, in order.
type log struct {
	mu      sync.Mutex
	entries []string
	on      map[string]func() // what to do when an entry arrives
}

func (l *log) add(entry string) {
	l.mu.Lock()
	l.entries = append(l.entries, entry)
	do := l.on[entry]
	l.mu.Unlock()
	if do != nil {
		do()
	}
}

func (l *log) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.entries)
}

func (l *log) count(entry string) (n int) {
	for _, e := range l.all() {
		if e == entry {
			n++
		}
	}
	return n
}

// host answers like a payer who agrees to everything.
type host struct {
	log     *log
	answer  scan.Answer
	pick    []string // components to choose, in turn; then the payer stops
	offered []string // names of the offers, when it was last asked
	refuse  bool     // on the merchant page
	results []scan.Result
}

func (h *host) Page(_ context.Context, p order.Page) (scan.Answer, error) {
	h.log.add("host page " + string(p.Kind))
	if h.refuse {
		return scan.Answer{}, scan.ErrCanceled
	}
	return h.answer, nil
}

func (h *host) Choose(_ context.Context, s gateway.Session) (string, error) {
	h.log.add("host choose")
	h.offered = nil
	for _, o := range s.Offers {
		h.offered = append(h.offered, o.Name)
	}
	if len(h.pick) == 0 {
		return "", scan.ErrCanceled
	}
	name := h.pick[0]
	h.pick = h.pick[1:]
	return name, nil
}

func (h *host) Result(_ context.Context, r scan.Result) error {
	h.log.add("host result " + string(r.State))
	h.results = append(h.results, r)
	return nil
}

// invoker stands for the browser or a paying app.
type invoker struct {
	log  *log
	name string
}

func (i invoker) Invoke(_ context.Context, a component.Action) (component.Return, error) {
	i.log.add(i.name + " " + string(a.Kind()))
	return component.Return{Query: "result=ok"}, nil
}

var errNotHere = errors.New("scantest: a terminal never calls this")
