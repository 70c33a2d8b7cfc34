package gatewayhttp

import (
	"net/http"

	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// issue signs a code for the acquirer that signed the request.
func (h *handler) issue(w http.ResponseWriter, r *http.Request) {
	var wanted order.IssueRequest
	key, err := wire.IdempotencyKey(r)
	if err == nil {
		err = wire.Decode(r, exchange.MaxBody, &wanted)
	}
	wanted.Key = key
	h.clear(w, r, err, func(d order.Desk) (any, error) { return d.Issue(r.Context(), wanted) })
}

// issued answers with a code of the acquirer that signed the request.
func (h *handler) issued(w http.ResponseWriter, r *http.Request) {
	id, err := codeID(r)
	h.clear(w, r, err, func(d order.Desk) (any, error) { return d.Issued(r.Context(), id) })
}

// revoke takes a code back. The request has no body; its idempotency key is the
// code's ID, so that one key never stands for two revocations.
func (h *handler) revoke(w http.ResponseWriter, r *http.Request) {
	key, err := wire.IdempotencyKey(r)
	var id order.ID
	if err == nil {
		id, err = codeID(r)
	}
	if err == nil && key != string(id) {
		err = order.Errorf(order.CodeInvalid, "gatewayhttp.Revoke", "the idempotency key is not the code's ID: want %s", id)
	}
	h.clear(w, r, err, func(d order.Desk) (any, error) { return d.Revoke(r.Context(), id) })
}

func codeID(r *http.Request) (order.ID, error) {
	id, err := order.ParseID(r.PathValue("id"))
	if err != nil {
		return "", order.Errorf(order.CodeNotFound, "gatewayhttp", "%w", err)
	}
	return id, nil
}
