package ordertest

import (
	"testing"

	"github.com/anyscan/anyscan/order"
)

// GatewayOrigin is where the gateway addresses lie that the kit's clearing
// institution gives out.
const GatewayOrigin = "https://pay.example"

// Subject is what is under test: an acquirer with at least three merchants,
// each named by the address that its code leads to.
type Subject struct {
	Server order.FirstServer
	// Fixed is the code of a merchant who is paid directly, a fixed amount.
	Fixed string
	// Entered is the code of a merchant who is paid directly, what the payer
	// enters: 10000 minor units are not too much.
	Entered string
	// Shop is the code of a merchant with at least two goods in a shop.
	Shop string
	// Dynamic is a code of any of them with an amount that the clearing
	// institution signed. Empty if the server has none: what is said of such
	// codes is skipped.
	Dynamic string
	// Revoked is another code of Fixed's merchant, which was taken back. Empty
	// if the server has none.
	Revoked string
}

// Run holds the server to the contract. newServer is called once for each
// check; the server places its orders at c and makes them payable for longer
// than a check takes. It cleans up after itself with t.Cleanup.
func Run(t *testing.T, newServer func(t *testing.T, c order.Clearing) Subject) {
	for _, group := range [][]check{pages(), confirming(), placing(), notifying(), refunding(), results(), codes()} {
		for _, c := range group {
			t.Run(c.rule, func(t *testing.T) {
				clearing := &clearing{orders: map[order.ID]order.Order{}}
				c.run(&bench{T: t, Subject: newServer(t, clearing), clearing: clearing})
			})
		}
	}
}

// A check is one sentence of the contract.
type check struct {
	rule string
	run  func(*bench)
}
