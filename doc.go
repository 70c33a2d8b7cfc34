// Package anyscan is the front page of a library for payments that any app can
// scan and any wallet can pay, by the method of US 12,387,194 B2. It holds no
// code: import the package of your role.
//
//	terminal (scan)               acquirer (order/acquirer)        clearing institution (gateway)
//	  │ decode the code               │                                │
//	  │ verify the code address       │                                │
//	  │ GET merchant page ───────────▶│ direct, or shop                │
//	  │ shop: goods → order info page▶│                                │
//	  │ confirm ─────────────────────▶│ make + store the order         │
//	  │                               │ place it ─────────────────────▶│ store, mint the gateway address
//	  │                               │◀───────────── gateway address ─│
//	  │◀─────────────── page jump ────│                                │
//	  │ verify + open the gateway address ────────────────────────────▶│ order, offers, instruction
//	  │ the instructed component, or the one that the payer picks      │
//	  │ begin an attempt ─────────────────────────────────────────────▶│ component.Begin → Action
//	  │ perform the action, come back ────────────────────────────────▶│ component.Resume → Evidence
//	  │                               │   provider → component.Receive▶│ evidence decides
//	  │                               │◀──────── signed notification ──│ until acknowledged
//	  │◀──────────── result shown ────┴────────────────────────────────│
//
// An acquirer backend imports order/acquirer and order/orderhttp. A clearing
// institution imports gateway/clearing, gateway/gatewayhttp and the components
// it offers. A super-app imports scan and scan/scanhttp. The author of a
// component imports component. What all of them say to each other is in
// packages order and gateway.
//
// # Errors
//
// Between roles every error is an *order.Error with a stable code. Local errors
// are typed and say what was wrong, where, and what would be right.
//
// # Concurrency
//
// Servers, terminals, registries and policies are safe for concurrent use.
//
// # Security
//
// A terminal of ours opens no code address, gateway address or return address
// before it was verified. The gateway alone decides that an order is paid, and
// only on a component's verified evidence. In a plain browser nothing of ours
// runs before the merchant page opens: there the acquirer checks its own code,
// and the cashier shows the merchant's name from the gateway's directory;
// neither protects a payer whose camera app opens somebody else's page.
//
// # The specification
//
// Where each module, unit, claim and embodiment of US 12,387,194 B2 is, and a
// test that shows it.
//
//	FIG. 9  701 identification                  scan Payer.Scan                       examples Example_claim1
//	FIG. 9  702 order confirmation information  order Storefront.Confirm              scan TestTerminalKit
//	FIG. 9  703 address receiving               order PageJump                        examples Example_claim1
//	FIG. 9  704 payment                         scan Payer.Pay                        examples TestFigures
//	FIG. 9  parameter receiving unit            gateway Cashier.Open                  examples TestFigures
//	FIG. 9  payment unit                        scan Invoker                          examples Example_claim1
//	FIG. 9  option display and selection        scan Host.Choose                      examples TestFigures
//	FIG. 9  legality verification               verify Policy.Verify                  examples Example_illegalAddress
//	FIG. 10 801 order generating                order/acquirer Server.Confirm         order/acquirer TestServerKeepsTheContract
//	FIG. 10 802 order sending                   order Clearing.Place                  order/acquirer TestServerKeepsTheContract
//	FIG. 10 803 address receiving               order Placement                       order/acquirer TestServerKeepsTheContract
//	FIG. 10 804 address feedback                order PageJump                        order/orderhttp TestAcquirerKeepsTheContractOnSockets
//	FIG. 11 901 order receiving                 gateway SecondServer.For              gateway/clearing TestSecondServer
//	FIG. 11 902 address sending                 order Placement                       gateway/clearing TestSecondServer
//	FIG. 11 address generating                  order Placement.Address               gateway/clearing TestSecondServer
//	FIG. 11 parameter sending                   component Offer.Parameters            examples TestFigures
//	claim 1                                     scan Payer                            examples Example_claim1
//	claim 2                                     gateway ScanningApp.Kind              examples TestFigures
//	claim 3                                     gateway ModeGateway                   examples Example_modeGateway
//	claim 4                                     gateway ModeTerminal                  examples Example_modeTerminal
//	claim 5                                     verify Verifier                       examples Example_illegalAddress
//	claim 6                                     verify Domains                        verify TestDomainsRules
//	claim 7                                     verify AgreedString                   verify TestAgreedStringOfTheSpecification
//	claim 8                                     verify Signature                      verify TestSignatureAccepts
//	claim 9                                     scan Terminal                         examples Example_claim1
//	claim 10                                    scan New                              examples Example_claim1
//	claim 11                                    scan Payer                            examples/quickstart TestEveryModePaysWithItsComponent
//	claim 12                                    examples/local System                 examples Example_claim1
//	FIG. 1  system of two servers               examples/local System                 examples TestFigures
//	FIG. 2  a payment app scans                 gateway ModeApp                       examples TestFigures
//	FIG. 3  no payment functions, options       gateway ModeChoose                    examples TestFigures
//	FIG. 4  no payment functions, gateway       gateway ModeGateway                   examples TestFigures
//	FIG. 5  no payment functions, terminal      gateway ModeTerminal                  examples TestFigures
//	FIG. 6  S401 to S404                        scan Step                             examples Example_claim1
//	FIG. 7  S501 to S504                        order FirstServer                     order/acquirer TestServerKeepsTheContract
//	FIG. 8  S601 to S602                        gateway SecondServer                  gateway/clearing TestSecondServer
//	FIG. 12 a computer                          examples/internal/roles Node          examples TestKilledServersContinueTheSamePayment
//	one-dimensional barcode                     scan/barcode Code128                  scan/barcode/print TestCode128IsReadBack
//	two-dimensional barcode                     scan/barcode QR                       examples Example_claim1
//	direct payment page                         order PageDirect                      examples TestFigures
//	display of merchandise                      order PageShop                        examples Example_shop
//	order information page                      order Storefront.Review               examples Example_shop
//	page jump information                       order PageJump                        order/orderhttp TestAcquirerKeepsTheContractOnSockets
//	component that comes with the first app     gateway ModeApp                       examples Example_modeApp
//	default of the second server                gateway Policy.Default                examples Example_modeGateway
//	default of the terminal                     scan Options.Default                  examples Example_modeTerminal
//	at least two components                     gateway Session.Offers                examples TestFigures
//	payment component not configured            component Registry.Find               gateway/clearing TestSecondServer
//	code generation request                     order Issuer.Issue                    examples Example_codes
//	payment result shown                        scan Host.Result                      examples TestFigures
package anyscan
