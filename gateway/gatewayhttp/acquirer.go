package gatewayhttp

import (
	"context"
	"net/http"

	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// place takes an order of the acquirer that signed the request.
func (h *handler) place(w http.ResponseWriter, r *http.Request) {
	var o order.Order
	key, err := wire.IdempotencyKey(r)
	if err == nil {
		err = wire.Decode(r, exchange.MaxBody, &o)
	}
	if err == nil && key != string(o.ID) {
		err = &order.Error{Code: order.CodeInvalid, Op: "gatewayhttp.Place", Detail: "the idempotency key is not the order's",
			Problems: []order.Problem{{Path: "/id", Detail: "differs from the header Idempotency-Key: want the order's ID in both"}}}
	}
	h.clear(w, r, err, func(c order.Desk) (any, error) { return c.Place(r.Context(), o) })
}

// query answers with an order of the acquirer that signed the request.
func (h *handler) query(w http.ResponseWriter, r *http.Request) {
	id, err := order.ParseID(r.PathValue("id"))
	if err != nil {
		err = order.Errorf(order.CodeNotFound, "gatewayhttp.Query", "%w", err)
	}
	h.clear(w, r, err, func(c order.Desk) (any, error) { return c.Query(r.Context(), id) })
}

// cancel ends an order. The request has no body; its idempotency key is the
// order's ID, so that one key never stands for two orders.
func (h *handler) cancel(w http.ResponseWriter, r *http.Request) {
	key, err := wire.IdempotencyKey(r)
	id, parseErr := order.ParseID(r.PathValue("id"))
	switch {
	case err != nil:
	case parseErr != nil:
		err = order.Errorf(order.CodeNotFound, "gatewayhttp.Cancel", "%w", parseErr)
	case key != string(id):
		err = order.Errorf(order.CodeInvalid, "gatewayhttp.Cancel", "the idempotency key is not the order's ID: want %s", id)
	}
	h.clear(w, r, err, func(d order.Desk) (any, error) { return d.Cancel(r.Context(), id) })
}

// refund takes a refund of an order. Its idempotency key is the refund's ID.
func (h *handler) refund(w http.ResponseWriter, r *http.Request) {
	var wanted order.RefundRequest
	key, err := wire.IdempotencyKey(r)
	if err == nil {
		err = wire.Decode(r, exchange.MaxBody, &wanted)
	}
	if err == nil && key != string(wanted.ID) {
		err = &order.Error{Code: order.CodeInvalid, Op: "gatewayhttp.Refund", Detail: "the idempotency key is not the refund's",
			Problems: []order.Problem{{Path: "/id", Detail: "differs from the header Idempotency-Key: want the refund's ID in both"}}}
	}
	wanted.Order = order.ID(r.PathValue("id")) // one that is none is not found
	h.clear(w, r, err, func(d order.Desk) (any, error) { return d.Refund(r.Context(), wanted) })
}

// clear answers with what do makes of the caller's half of the server, 204 for
// nothing, unless the request had an error already.
func (h *handler) clear(w http.ResponseWriter, r *http.Request, err error, do func(order.Desk) (any, error)) {
	var answer any
	if err == nil {
		var c order.Desk
		if c, err = h.caller(r); err == nil {
			answer, err = do(c)
		}
	}
	switch {
	case err != nil:
	case answer == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		err = wire.Encode(w, http.StatusOK, answer)
	}
	if err != nil {
		h.site.FailProgram(w, r, err)
	}
}

// caller is the half that the acquirer who calls may call. Its key can have left
// the directory since it was verified.
func (h *handler) caller(r *http.Request) (order.Desk, error) {
	name, ok := h.holder(r.Context())
	if !ok {
		return nil, order.Errorf(order.CodeUnauthenticated, "gatewayhttp", "the key belongs to no acquirer")
	}
	return h.server.For(name)
}

// holder is the acquirer who signed, or whose certificate it is: the same key
// may be another's for the other purpose.
func (h *handler) holder(ctx context.Context) (name string, ok bool) {
	keyID, _ := wire.Caller(ctx)
	if wire.CallerByTLS(ctx) {
		return h.tlsKeys.Holder(keyID)
	}
	return h.acquirers.Holder(keyID)
}
