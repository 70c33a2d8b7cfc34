package gatewayhttp

import (
	"net/http"
	"net/url"

	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

func (h *handler) createEndpoint(w http.ResponseWriter, r *http.Request) {
	var e order.EndpointRequest
	err := h.written(r, &e, &e.Key)
	h.clear(w, r, err, func(d order.Desk) (any, error) { return told(d.CreateEndpoint(r.Context(), e)) })
}

func (h *handler) rotateSecret(w http.ResponseWriter, r *http.Request) {
	var s order.SecretRotation
	err := h.written(r, &s, &s.Key)
	if err == nil {
		s.Endpoint, err = named(r)
	}
	h.clear(w, r, err, func(d order.Desk) (any, error) { return told(d.RotateSecret(r.Context(), s)) })
}

// told is the answer that tells a secret.
func told(k order.EndpointKeys, err error) (any, error) {
	return exchange.EndpointKeys{Endpoint: k.Endpoint, Secret: string(k.Secret)}, err
}

func (h *handler) endpoints(w http.ResponseWriter, r *http.Request) {
	var before order.ID
	err := queried(r, map[string]*order.ID{"before": &before})
	h.clear(w, r, err, func(d order.Desk) (any, error) { return d.Endpoints(r.Context(), before) })
}

func (h *handler) endpoint(w http.ResponseWriter, r *http.Request) {
	id, err := named(r)
	h.clear(w, r, err, func(d order.Desk) (any, error) { return d.Endpoint(r.Context(), id) })
}

func (h *handler) deleteEndpoint(w http.ResponseWriter, r *http.Request) {
	key, err := wire.IdempotencyKey(r)
	var id order.ID
	if err == nil {
		id, err = named(r)
	}
	h.clear(w, r, err, func(d order.Desk) (any, error) {
		return nil, d.DeleteEndpoint(r.Context(), order.EndpointDeletion{Endpoint: id, Key: key})
	})
}

func (h *handler) deliveries(w http.ResponseWriter, r *http.Request) {
	var q order.DeliveryQuery
	err := queried(r, map[string]*order.ID{"endpoint": &q.Endpoint, "before": &q.Before})
	h.clear(w, r, err, func(d order.Desk) (any, error) { return d.Deliveries(r.Context(), q) })
}

func (h *handler) delivery(w http.ResponseWriter, r *http.Request) {
	id, err := named(r)
	h.clear(w, r, err, func(d order.Desk) (any, error) { return d.Delivery(r.Context(), id) })
}

func (h *handler) replay(w http.ResponseWriter, r *http.Request) {
	key, err := wire.IdempotencyKey(r)
	var id order.ID
	if err == nil {
		id, err = named(r)
	}
	h.clear(w, r, err, func(d order.Desk) (any, error) {
		return d.Replay(r.Context(), order.DeliveryReplay{Delivery: id, Key: key})
	})
}

// written reads a write: its idempotency key and its body.
func (h *handler) written(r *http.Request, body any, key *string) (err error) {
	if *key, err = wire.IdempotencyKey(r); err != nil {
		return err
	}
	return wire.Decode(r, exchange.MaxBody, body)
}

// named is the identifier in the path.
func named(r *http.Request) (order.ID, error) {
	id, err := order.ParseID(r.PathValue("id"))
	if err != nil {
		return "", order.Errorf(order.CodeNotFound, "gatewayhttp", "%w", err)
	}
	return id, nil
}

// queried reads the identifiers of a query, each at most once, and nothing else.
func queried(r *http.Request, known map[string]*order.ID) error {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return order.Errorf(order.CodeInvalid, "gatewayhttp", "the query is malformed")
	}
	for name, all := range values {
		id, ok := known[name]
		if !ok || len(all) != 1 {
			return order.Errorf(order.CodeInvalid, "gatewayhttp", "the query has %.40q, which is not known here or stands more than once", name)
		}
		if *id, err = order.ParseID(all[0]); err != nil {
			return order.Errorf(order.CodeInvalid, "gatewayhttp", "%s: %w", name, err)
		}
	}
	return nil
}
