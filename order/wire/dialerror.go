package wire

import "fmt"

// DialError is an address that [Network] or [DialLocalhost] does not connect
// to. An http.Client wraps it; find it with errors.As.
type DialError struct {
	Address string // host and port
	Reason  string // why, and what would be right
}

func (e *DialError) Error() string { return fmt.Sprintf("wire: dial %.100q: %s", e.Address, e.Reason) }
