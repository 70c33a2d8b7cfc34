package exchange

import "github.com/anyscan/anyscan/order"

// EndpointKeys is an order.EndpointKeys on the wire, the one place where the
// secret is written.
type EndpointKeys struct {
	Endpoint order.Endpoint `json:"endpoint"`
	Secret   string         `json:"secret"`
}

// Routes of endpoints and deliveries; an identifier may follow.
const (
	PathEndpoints  = "/v1/endpoints"
	PathDeliveries = "/v1/deliveries"
)
