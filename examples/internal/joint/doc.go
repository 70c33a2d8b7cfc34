// Package joint holds the property of the two servers together: whatever happens,
// in whatever order, an order is paid exactly once or all money goes back.
//
//	script ─▶ world: acquirer ◀─ network ─▶ gateway ◀─ network ─▶ provider ─▶ check
//	(you are here)                                              (its ledger)
//
// A script is a list of steps: payers confirm, begin, pay and come back, acquirers
// cancel, query and ask for refunds, providers decide, change their minds and tell, time passes,
// workers work, servers stop or are killed and start again on their files, and
// messages are lost, doubled or late. It is drawn at random, and played on a real
// acquirer.Server and a real clearing.Server, over SQLite or PostgreSQL, in a
// bubble of testing/synctest, so that hours pass at once. What must hold always is
// checked after each step; then the network is mended, time passes until nothing
// is left to do, and what must hold in the end is checked against the ledger of
// the provider, which no server can lose or change.
//
// Who uses it: whoever changes how orders, attempts, refunds or their jobs come
// about. The same check has to find eight mistakes that are planted beside the
// servers, within a number of scripts.
//
//	go test ./examples/internal/joint
//	ANYSCAN_SCRIPTS=5000 go test -timeout 30m ./examples/internal/joint
package joint
