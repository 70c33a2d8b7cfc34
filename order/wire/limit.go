package wire

// Limit is how much a server takes of one caller. A field that is 0 means the
// default that is stated where the limit is set, a negative one means no limit.
type Limit struct {
	PerSecond  float64 // requests a second, on average
	Burst      int     // requests in a row after a pause
	Concurrent int     // requests worked on at the same time
}
