package skeleton_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"sync"
	"time"

	"github.com/anyscan/anyscan/component"
)

const testKey = "0123456789abcdef0123456789abcdef"

// fake is the provider, in memory. It is a fake: it keeps nothing, and its page is a
// request to /pay or /decline below a payment's page.
type fake struct {
	notifies http.RoundTripper // nil: it tells nobody
	now      func() time.Time

	mu       sync.Mutex
	payments map[string]*entry
}

type entry struct {
	Number   string `json:"number"`
	State    string `json:"state"`
	Page     string `json:"page"`
	Receipt  string `json:"receipt"`
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
	Reason   string `json:"reason,omitempty"`
	At       int64  `json:"at,omitempty"`

	notify  string
	charges int
}

func newFake() *fake { return &fake{now: time.Now, payments: map[string]*entry{}} }

// RoundTrip lets the fake be reached without a network.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	f.serve(w, r)
	return w.Result(), nil
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	number := strings.TrimPrefix(r.URL.Path, "/payments/")
	p := f.payments[number]
	switch {
	case r.Header.Get("Authorization") != "Bearer shop-1:"+testKey:
		http.Error(w, "who are you", http.StatusUnauthorized)
		return
	case r.Method == http.MethodPut && p == nil:
		p = f.make(number, r)
	case p == nil:
		http.NotFound(w, r)
		return
	}
	json.NewEncoder(w).Encode(p)
}

func (f *fake) make(number string, r *http.Request) *entry {
	var in struct {
		Amount           int64
		Currency, Notify string
	}
	json.NewDecoder(r.Body).Decode(&in)
	p := &entry{Number: number, State: "open", Receipt: fmt.Sprintf("receipt-%d", len(f.payments)+1), Amount: in.Amount, Currency: in.Currency,
		Page: "https://piggy.example/pages/" + number, notify: in.Notify}
	f.payments[number] = p
	return p
}

// decide lets the payer press a button on the page at the address.
func (f *fake) decide(ctx context.Context, page string, approve bool) error {
	f.mu.Lock()
	p := f.payments[page[strings.LastIndex(page, "/")+1:]]
	if p == nil || p.State != "open" {
		f.mu.Unlock()
		return fmt.Errorf("the page %s is over", page)
	}
	p.At = f.now().Unix()
	if p.State, p.Reason = "failed", "declined"; approve {
		p.State, p.Reason = "paid", ""
		p.charges++
	}
	n, to := f.notice(p), p.notify
	f.mu.Unlock()
	return f.tell(ctx, to, n)
}

func (f *fake) tell(ctx context.Context, to string, n component.Notification) error {
	if f.notifies == nil {
		return nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(n.Body))
	if err != nil {
		return err
	}
	r.Header = http.Header(n.Header)
	resp, err := f.notifies.RoundTrip(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the gateway answers the notification with %d", resp.StatusCode)
	}
	return nil
}

// notice is the notification about a payment as it is now.
func (f *fake) notice(p *entry) component.Notification {
	body, err := json.Marshal(p)
	if err != nil {
		return component.Notification{}
	}
	return component.Notification{Body: body, Header: seal("shop-1", testKey, body)}
}

func seal(merchant, key string, body []byte) textproto.MIMEHeader {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	return textproto.MIMEHeader{"Piggy-Merchant": {merchant}, "Piggy-Signature": {hex.EncodeToString(mac.Sum(nil))}}
}
