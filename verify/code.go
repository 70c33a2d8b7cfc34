package verify

import "strconv"

// Code is the machine-readable reason of a refusal. Codes are stable; the
// English sentence that goes with one is not.
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
	CodeUndecided     Code = "undecided" // no method, a cancelled context, or an error that is not a *Reason
)

// sentence says in English what is wrong and what would be right.
func (c Code) sentence() string {
	switch c {
	case CodeTooLong:
		return "the address is too long; 2048 bytes at most"
	case CodeScheme:
		return "the address does not begin with https://"
	case CodePlainHTTP:
		return "plain http is not accepted; write https:// (http is for *.localhost in development)"
	case CodeLocalhost:
		return "localhost is the terminal itself and is accepted in development only; name a public host"
	case CodeUserInfo:
		return "user name, password or @ before the host is not accepted; write https://host/path"
	case CodeHostCharacter:
		return "the host may hold only letters, digits, hyphens and dots; write an international name in its xn-- form and no IP address"
	case CodeHostLabel:
		return "a label of the host is empty, longer than 63 bytes, or begins or ends with a hyphen"
	case CodeHostLength:
		return "the host is too long; 253 bytes at most"
	case CodeHostSingle:
		return "the host has a single label; write the full name, such as pay.example"
	case CodeHostNumeric:
		return "the last label of the host begins with a digit; write a name, not an IP address"
	case CodeTrailingDot:
		return "the host ends with a dot; leave it out"
	case CodePort:
		return "the port is not a number from 1 to 65535 without leading zeros"
	case CodeCharacter:
		return `only printable ASCII without " < > \ ^ ` + "`" + ` { | } may follow the host; escape it as %XX`
	case CodeEscape:
		return "a % is not followed by two hexadecimal digits; write a percent sign as %25"
	}
	return c.methodSentence()
}

func (c Code) methodSentence() string {
	switch c {
	case CodeNoRule:
		return "the host is in no rule of the legal-domain database"
	case CodeNoString:
		return "none of the agreed character strings is in the address"
	case CodeFragment:
		return "a signed address has no fragment; leave out # and what follows"
	case CodeNoToken:
		return "the address carries no signature (query parameter v)"
	case CodeTokenRepeated:
		return "the query parameter v occurs more than once; exactly one is right"
	case CodeTokenForm:
		return "the signature is not the last query parameter v of 107 base64url characters"
	case CodeTokenVersion:
		return "the signature's version is unknown; 1 is right"
	case CodeTokenScope:
		return "the signature's scope is unknown; 3 (the whole address) is right"
	case CodeUnknownKey:
		return "the signing key is not among the clearing institution's keys"
	case CodeKeyPeriod:
		return "the signing key is not valid now"
	case CodeSignature:
		return "the signature does not belong to this address"
	case CodeExpired:
		return "the code has expired; ask for a new one"
	case CodeMerchant:
		return "the code belongs to another merchant"
	}
	return "it could not be decided"
}

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
