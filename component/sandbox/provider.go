package sandbox

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/internal/web"
)

//go:embed page.html style.css
var assets embed.FS

// ProviderOptions describe a wallet company. nil and the zero value mean the
// defaults.
type ProviderOptions struct {
	// Ledger is a file that outlives the process; it is made when absent. One
	// provider at a time may use it. Default: none, in memory only.
	Ledger string
	// Slow is how long wallet.Slow stays pending. Default: 10 seconds.
	Slow time.Duration
	// Unknown is how long nobody can tell after wallet.Unknown. Default: 1 minute.
	Unknown time.Duration
	// Refund is how long a refund stays pending. Default: 0, it is done at once.
	Refund time.Duration
	// Scripts decide payments without a payer, as soon as they are made; the first that
	// fits counts. Default: none.
	Scripts []Script
	// Retry are the pauses after failed notifications; after the last one the
	// provider gives up. Default: 1 s, 5 s, 30 s, 2 min, 10 min.
	Retry []time.Duration
	// Client delivers notifications. Default: one that gives up after 10 seconds.
	Client *http.Client
	Now    func() time.Time // default: time.Now
	Log    *slog.Logger     // of notifications; default: nowhere
}

func (o *ProviderOptions) filled() ProviderOptions {
	var p ProviderOptions
	if o != nil {
		p = *o
	}
	if p.Slow == 0 {
		p.Slow = 10 * time.Second
	}
	if p.Unknown == 0 {
		p.Unknown = time.Minute
	}
	if p.Retry == nil {
		p.Retry = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute}
	}
	p.Client = web.Client(p.Client)
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	return p
}

// Provider is the simulated wallet company: an HTTP server for merchants and
// payers, and a ledger. [Provider.Run] sends its notifications. It is safe for
// concurrent use.
type Provider struct {
	base    string
	keys    map[string]component.Secret // by merchant
	options ProviderOptions
	mux     *http.ServeMux
	pages   *template.Template
	wake    chan struct{} // a notification became due

	mu     sync.Mutex
	latest time.Time // for do
	ledger *ledger
}

var _ http.Handler = (*Provider)(nil)

// NewProvider makes the company that is reached at the address base (scheme,
// host and perhaps a path, below which everything of it lies) and has the
// merchants, each with the secret it shares with the company. The error names
// what is malformed, or why the ledger's file cannot be used.
func NewProvider(base string, merchants map[string][]byte, o *ProviderOptions) (*Provider, error) {
	base, err := web.Base(base)
	if err != nil {
		return nil, fmt.Errorf("sandbox: the provider's address %w", err)
	}
	if err := checkScripts(o); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	keys, err := newKeys(merchants)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	pages, err := template.ParseFS(assets, "page.html")
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	p := &Provider{
		base: base, keys: keys, options: o.filled(), pages: pages,
		wake: make(chan struct{}, 1), ledger: newLedger(),
	}
	if err := p.openLedger(); err != nil {
		return nil, fmt.Errorf("sandbox: ledger: %w", err)
	}
	return p, p.route()
}

func newKeys(merchants map[string][]byte) (map[string]component.Secret, error) {
	var errs []error
	keys := map[string]component.Secret{}
	for _, name := range slices.Sorted(maps.Keys(merchants)) {
		keys[name] = component.NewSecret(merchants[name])
		if err := errors.Join(checkMerchant(name), checkSecret(keys[name])); err != nil {
			errs = append(errs, fmt.Errorf("merchant %.40q: %w", name, err))
		}
	}
	return keys, errors.Join(errs...)
}

func (p *Provider) openLedger() (err error) {
	if p.options.Ledger == "" {
		return nil
	}
	p.ledger.journal, err = openJournal(p.options.Ledger, func(e entry) error {
		if _, ok := p.keys[e.Merchant]; !ok {
			return fmt.Errorf("merchant %.40q is not among the configured", e.Merchant)
		}
		return p.ledger.apply(e)
	})
	return err
}

func (p *Provider) route() error {
	base, err := url.Parse(p.base)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	p.mux = http.NewServeMux()
	p.mux.HandleFunc("POST "+base.Path+"/payments", p.forMerchant(p.create))
	p.mux.HandleFunc("GET "+base.Path+"/payments/{number}", p.forMerchant(p.query))
	p.mux.HandleFunc("POST "+base.Path+"/payments/{number}/void", p.forMerchant(p.void))
	p.mux.HandleFunc("POST "+base.Path+"/payments/{number}/cancel", p.forMerchant(p.cancel))
	p.mux.HandleFunc("POST "+base.Path+"/payments/{number}/refunds", p.forMerchant(p.refund))
	p.mux.HandleFunc("GET "+base.Path+"/pay/{token}", p.show)
	p.mux.HandleFunc("POST "+base.Path+"/pay/{token}", p.press)
	p.mux.HandleFunc("GET "+base.Path+"/style.css", p.style)
	return nil
}

// ServeHTTP answers merchants, payers and paying apps. Where base has a path,
// requests arrive with it.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }

// Close ends the use of the ledger's file. The provider is of no use afterwards.
func (p *Provider) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ledger.journal.close()
}

// Charges lists the money that payers paid, in order: a number that stands
// there twice was charged twice.
func (p *Provider) Charges() []Charge {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.ledger.charges)
}

// do runs f alone, at a time that never goes back: what has expired stays so.
func (p *Provider) do(f func(now time.Time) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.ledger.usable(); err != nil {
		return err
	}
	if now := p.options.Now().UTC(); now.After(p.latest) {
		p.latest = now
	}
	return f(p.latest)
}
