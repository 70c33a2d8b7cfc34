// Package speed holds the benchmarks of the two servers together: what storing
// an order costs beside a bare insert, what the way through both servers costs
// beside one of them, and what a million stored orders cost beside none.
//
// Who uses it: whoever changes what is stored or how.
//
//	go test -run '^$' -bench . ./examples/internal/speed
//	ANYSCAN_ORDERS=1000000 go test -timeout 30m -run '^$' -bench Stored ./examples/internal/speed
//
// Everything that is compared runs in turns within one run, on files of the
// usual settings, from 64 clients at once, so that whatever else the machine
// does meets both. What counts is therefore the ratio, and each is printed with
// its limit.
package speed
