package order

// Desk is where the clearing institution serves one acquirer: everything that
// this acquirer may ask of it. A value is bound to its acquirer; what belongs to
// another is [CodeNotFound], whether it exists or not. It is safe for
// concurrent use.
type Desk interface {
	Clearing
	Issuer
	Webhooks
}
