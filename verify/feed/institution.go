package feed

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/anyscan/anyscan/verify"
)

// Institution makes a signature method of what the clearing institution publishes:
// its keys, a JWK Set, and its revocations, the JSON form of [verify.Revocations].
// Each decides until the limit has passed since it was last heard of, also where it
// has not changed since. Without revocations, where they are wanted, there is no
// method: one without them would accept too much. It is safe for concurrent use.
type Institution struct {
	limit   time.Duration
	wanted  bool // revocations
	options verify.SignatureOptions
	live    *verify.Live

	mu                   sync.Mutex
	keys                 []verify.Key
	revoked              verify.Revocations
	keysHeard, listHeard time.Time
}

// NewInstitution makes an Institution that knows nothing yet. limit is how long what
// was heard decides; without one it decides nothing. revocations says that there is a feed of them; o.Revoked is
// added to them. o may be nil.
func NewInstitution(limit time.Duration, revocations bool, o *verify.SignatureOptions) *Institution {
	i := &Institution{limit: limit, wanted: revocations, live: verify.NewLive("signature")}
	if o != nil {
		i.options = *o
	}
	return i
}

// Method is the signature method, for a policy.
func (i *Institution) Method() *verify.Live { return i.live }

// Keys is the Document of its keys.
func (i *Institution) Keys() Document { return document{i, (*Institution).takeKeys, keysHeard} }

// Revocations is the Document of its revocations.
func (i *Institution) Revocations() Document {
	return document{i, (*Institution).takeRevocations, listHeard}
}

// document is one of the two.
type document struct {
	of    *Institution
	take  func(i *Institution, raw []byte) error
	heard func(i *Institution) *time.Time
}

func keysHeard(i *Institution) *time.Time { return &i.keysHeard }
func listHeard(i *Institution) *time.Time { return &i.listHeard }

func (d document) Take(_ context.Context, r io.Reader) error {
	began := time.Now()       // whoever sends slowly says nothing newer
	raw, err := io.ReadAll(r) // a Feed limits it
	if err != nil {
		return err
	}
	d.of.mu.Lock()
	defer d.of.mu.Unlock()
	keys, revoked, heard := d.of.keys, d.of.revoked, *d.heard(d.of)
	if err = d.take(d.of, raw); err == nil {
		*d.heard(d.of) = began
		err = d.of.use()
	}
	if err != nil { // what was known stays
		d.of.keys, d.of.revoked, *d.heard(d.of) = keys, revoked, heard
	}
	return err
}

func (d document) Unchanged() {
	d.of.mu.Lock()
	defer d.of.mu.Unlock()
	if d.heard(d.of).IsZero() {
		return // nothing is known that could be unchanged
	}
	*d.heard(d.of) = time.Now()
	_ = d.of.use() // it could be used before
}

func (i *Institution) takeKeys(raw []byte) (err error) {
	i.keys, err = verify.ParseKeys(raw)
	return err
}

func (i *Institution) takeRevocations(raw []byte) (err error) {
	i.revoked, err = verify.ParseRevocations(raw)
	return err
}

// use makes the method of what is known.
func (i *Institution) use() error {
	if i.keys == nil {
		return nil
	}
	heard := i.keysHeard
	if i.wanted && i.listHeard.Before(heard) {
		heard = i.listHeard
	}
	o := i.options
	o.Revoked = verify.Revocations{
		Keys:      append(append([]string(nil), o.Revoked.Keys...), i.revoked.Keys...),
		Merchants: append(append([]string(nil), o.Revoked.Merchants...), i.revoked.Merchants...),
		Codes:     append(append([]verify.CodeID(nil), o.Revoked.Codes...), i.revoked.Codes...),
	}
	m, err := verify.NewSignature(i.keys, &o)
	if err != nil || heard.IsZero() { // without revocations there is no method yet
		return err
	}
	return i.live.Set(m, heard.Add(i.limit))
}
