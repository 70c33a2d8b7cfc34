package verify

import "strconv"

// Code is the machine-readable reason of a refusal. Codes are stable; the
// sentences that go with one are not.
type Code string

// Why an address was refused by [Parse].
const (
	CodeTooLong       Code = "too_long"
	CodeScheme        Code = "scheme"
	CodePlainHTTP     Code = "plain_http"
	CodeLocalhost     Code = "localhost"
	CodeUserInfo      Code = "user_info"
	CodeHostCharacter Code = "host_character"
	CodeHostLabel     Code = "host_label"
	CodeHostLength    Code = "host_length"
	CodeHostSingle    Code = "host_single_label"
	CodeHostNumeric   Code = "host_numeric"
	CodeTrailingDot   Code = "trailing_dot"
	CodePort          Code = "port"
	CodeCharacter     Code = "character"
	CodeEscape        Code = "escape"
)

// Why a method did not accept an address.
const (
	CodeNoRule        Code = "no_rule"
	CodeNoString      Code = "no_string"
	CodeFragment      Code = "fragment"
	CodeNoToken       Code = "no_token"
	CodeTokenRepeated Code = "token_repeated"
	CodeTokenForm     Code = "token_form"
	CodeTokenVersion  Code = "token_version"
	CodeTokenScope    Code = "token_scope"
	CodeUnknownKey    Code = "unknown_key"
	CodeKeyPeriod     Code = "key_period"
	CodeSignature     Code = "signature"
	CodeExpired       Code = "expired"
	CodeMerchant      Code = "merchant"
	CodeNoDomain      Code = "no_domain"
	CodeTokenPrefix   Code = "token_prefix"
	CodeRevokedKey    Code = "revoked_key"
	CodeRevoked       Code = "revoked"
	CodeStale         Code = "stale"
	CodeUndecided     Code = "undecided" // no method, a cancelled context, or an error that is not a *Reason
)

// AddressError says why [Parse] refused an address.
type AddressError struct {
	Code   Code
	Offset int // of the first offending byte of the address as read
}

// Error names the byte and what would be right. It never quotes the address.
func (e *AddressError) Error() string {
	return "verify: address: " + e.detail()
}

func (e *AddressError) detail() string {
	return "byte " + strconv.Itoa(e.Offset) + ": " + e.Code.sentence()
}
