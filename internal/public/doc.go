// Package public connects to the public internet alone: not to this machine, not to
// a private network, not to a cloud's metadata service.
//
// Who uses it: gateway/webhook, whose addresses come from acquirers, and
// scan/scanhttp, whose addresses come from codes and from servers.
//
//	address ─▶ name server ─▶ the IP address that is about to be connected to ─▶ Is ─▶ connection
//	                                         (you are here)
//
// # Errors
//
// An [Error] names the address that was not connected to.
//
// # Concurrency
//
// All is safe for concurrent use.
//
// # Security
//
// The check is at the last moment, so that no answer of a name server, now or later,
// leads elsewhere. A proxy would connect in our place, to anywhere: use none. So would
// a NAT64 gateway whose prefix is its network's own (RFC 6052, 2.2) and looks public:
// let it translate public addresses alone.
package public
