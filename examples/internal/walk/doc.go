// Package walk holds whole payments as people meet them: in a browser, through the
// pages of a real acquirer, a real gateway and a simulated wallet, over sockets.
//
//	code ─▶ merchant page ─▶ order ─▶ cashier ─▶ wallet ─▶ cashier ─▶ result
//	        └── acquirer ────────┘    └ gateway ┘         └ gateway ┘ └ acquirer
//	        (you are here: every page, and every step between two of them)
//
// A walk is one payer, or two, with what can come in between: another choice, an
// order whose time is over or that is canceled, the button back, two tabs, a network
// that is slow, a browser that runs no scripts. A gallery shows every page of both
// servers in every state, and examines each for what keeps people out: it has no
// violation of axe-core's rules, light or dark, is not wider than a window of 320
// pixels, and has nothing to tap that is smaller than 44. The pictures of the README
// are taken here.
//
// Who uses it: whoever changes a page, or what a server tells one.
//
//	go test ./examples/internal/walk
//	ANYSCAN_UPDATE=1 go test -run Pictures ./examples/internal/walk # with a Chinese font
//
// It needs Chromium, and the gallery axe-core (.ci/install); without them it skips.
package walk
