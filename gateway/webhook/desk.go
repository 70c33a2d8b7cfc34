package webhook

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
)

const (
	pageSize   = 100
	overlap    = 24 * time.Hour     // of old and new secrets, by default
	maxOverlap = 7 * 24 * time.Hour // if asked for
)

// For is what one owner may ask. What belongs to another is
// [order.CodeNotFound], as what does not exist. admit is asked about each new
// endpoint, within a transaction, so it only computes; its error refuses the
// endpoint. nil admits all.
func (d *Dispatcher) For(owner string, admit func(order.EndpointRequest) error) order.Webhooks {
	if admit == nil {
		admit = func(order.EndpointRequest) error { return nil }
	}
	return &desk{d, owner, admit}
}

// A desk is where one owner is served.
type desk struct {
	*Dispatcher
	owner string
	admit func(order.EndpointRequest) error
}

var _ order.Webhooks = (*desk)(nil)

// made is the remembered answer to a request for keys: how to compute them.
type made struct {
	Endpoint order.Endpoint `json:"endpoint"`
	Secret   secretRef      `json:"secret"`
}

// keysOf computes the secret that an answer tells.
func (o *desk) keysOf(op string, m made) (order.EndpointKeys, error) {
	secret, ok := o.keys().sharedText(m.Endpoint.ID, m.Secret)
	if !ok {
		return order.EndpointKeys{}, order.Errorf(order.CodeConflict, op, "the secret was revoked by the gateway: rotate it")
	}
	return order.EndpointKeys{Endpoint: m.Endpoint, Secret: secret}, nil
}

// CreateEndpoint implements [order.EndpointRegistry].
func (o *desk) CreateEndpoint(ctx context.Context, r order.EndpointRequest) (order.EndpointKeys, error) {
	const op = "webhook.CreateEndpoint"
	err := r.Validate()
	if err == nil {
		err = CheckAddress(r.Address, o.options.Development)
	}
	if err != nil {
		return order.EndpointKeys{}, o.fail(ctx, op, err)
	}
	var m made
	err = o.once(ctx, op, r.Key, r, &m, func(ctx context.Context, tx *sql.Tx, now time.Time) error {
		if err := o.admit(r); err != nil {
			return err
		}
		e := endpoint{id: order.NewID(now), owner: o.owner, address: r.Address, merchant: r.Merchant, events: r.Events,
			created: now, secrets: []secretRef{{Generation: 1, Version: o.keys().current()}}}
		m = made{e.show(o.keys()), e.secrets[0]}
		return o.add(ctx, tx, e)
	})
	if err != nil {
		return order.EndpointKeys{}, o.fail(ctx, op, err)
	}
	return o.keysOf(op, m)
}

func (o *desk) add(ctx context.Context, tx *sql.Tx, e endpoint) error {
	if len(o.keys()) == 0 {
		return order.Errorf(order.CodeRefused, "", "this gateway sends no webhooks")
	}
	var have int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM webhook_endpoints WHERE owner = $1`, o.owner).Scan(&have)
	if err != nil {
		return err
	}
	if have >= o.options.Endpoints {
		return order.Errorf(order.CodeRefused, "", "there are %d endpoints, as many as an acquirer may have: delete one", have)
	}
	if err := e.insert(ctx, tx); err != nil {
		return err
	}
	return audit(ctx, tx, e.id, e.created, actorOwner+o.owner, "created", e.address)
}

// Endpoints implements [order.EndpointRegistry].
func (o *desk) Endpoints(ctx context.Context, before order.ID) (page order.EndpointPage, err error) {
	const op = "webhook.Endpoints"
	page.Endpoints = []order.Endpoint{}
	err = o.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		all, err := loadEndpoints(ctx, tx, `owner = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, o.owner, cursor(before), pageSize+1)
		for _, e := range all[:min(len(all), pageSize)] {
			page.Endpoints = append(page.Endpoints, e.show(o.keys()))
		}
		if len(all) > pageSize {
			page.Next = all[pageSize-1].id
		}
		return err
	})
	return page, o.fail(ctx, op, err)
}

// cursor is where a part of a list begins; what sorts behind every ID for the
// newest.
func cursor(before order.ID) string {
	if before == "" {
		return strings.Repeat("w", 26)
	}
	return string(before)
}

// Endpoint implements [order.EndpointRegistry].
func (o *desk) Endpoint(ctx context.Context, id order.ID) (shown order.Endpoint, err error) {
	const op = "webhook.Endpoint"
	err = o.view(ctx, op, func(ctx context.Context, tx *sql.Tx) (owner string, err error) {
		e, found, err := loadEndpoint(ctx, tx, id)
		if found {
			shown = e.show(o.keys())
		}
		return e.owner, err
	})
	if err != nil {
		return order.Endpoint{}, err
	}
	return shown, nil
}

// mine is an endpoint of the owner, within a write.
func (o *desk) mine(ctx context.Context, tx *sql.Tx, id order.ID) (endpoint, error) {
	e, found, err := loadEndpoint(ctx, tx, id)
	if err == nil && (!found || e.owner != o.owner) {
		err = errNotFound()
	}
	return e, err
}

// DeleteEndpoint implements [order.EndpointRegistry].
func (o *desk) DeleteEndpoint(ctx context.Context, r order.EndpointDeletion) error {
	const op = "webhook.DeleteEndpoint"
	if err := r.Validate(); err != nil {
		return o.fail(ctx, op, err)
	}
	err := o.once(ctx, op, r.Key, r.Endpoint, new(struct{}), func(ctx context.Context, tx *sql.Tx, now time.Time) error {
		if _, err := o.mine(ctx, tx, r.Endpoint); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM webhook_endpoints WHERE id = $1`, string(r.Endpoint)); err != nil {
			return err
		}
		return audit(ctx, tx, r.Endpoint, now, actorOwner+o.owner, "deleted", "")
	})
	return o.fail(ctx, op, err)
}

// RotateSecret implements [order.EndpointRegistry].
func (o *desk) RotateSecret(ctx context.Context, r order.SecretRotation) (order.EndpointKeys, error) {
	const op = "webhook.RotateSecret"
	if err := r.Validate(); err != nil {
		return order.EndpointKeys{}, o.fail(ctx, op, err)
	}
	var m made
	asked := []any{r.Endpoint, r.Until.UTC()}
	err := o.once(ctx, op, r.Key, asked, &m, func(ctx context.Context, tx *sql.Tx, now time.Time) error {
		e, err := o.mine(ctx, tx, r.Endpoint)
		if err != nil {
			return err
		}
		until, err := o.until(r, now)
		if err != nil {
			return err
		}
		e.rotate(o.keys().current(), until, now)
		m = made{e.show(o.keys()), e.secrets[0]}
		if err := e.update(ctx, tx); err != nil {
			return err
		}
		return audit(ctx, tx, e.id, now, actorOwner+o.owner, "rotated", "the old secrets sign until "+until.Format(time.RFC3339))
	})
	if err != nil {
		return order.EndpointKeys{}, o.fail(ctx, op, err)
	}
	return o.keysOf(op, m)
}

// until is when the secrets that are replaced end.
func (o *desk) until(r order.SecretRotation, now time.Time) (time.Time, error) {
	switch {
	case len(o.keys()) == 0:
		return now, order.Errorf(order.CodeRefused, "", "this gateway sends no webhooks")
	case r.Until.IsZero():
		return now.Add(overlap), nil
	case r.Until.After(now.Add(maxOverlap)):
		return now, order.Errorf(order.CodeInvalid, "", "the old secret cannot sign for longer than %v", maxOverlap)
	}
	return r.Until.UTC().Truncate(time.Microsecond), nil
}
