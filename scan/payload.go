package scan

import (
	"errors"
	"fmt"

	"github.com/anyscan/anyscan/scan/barcode/emvco"
)

// PayloadError says that a code holds no address but the payload of another
// payment scheme ([emvco.Payload]), such as a national one. The terminal opens
// nothing of it. An app that has the scheme takes the payload from here and goes
// on by itself; any other tells the payer what the code is.
type PayloadError struct {
	Text    string        // what the code says
	Payload emvco.Payload // the same, taken apart; without objects where Err says that it cannot be
	Err     error         // what is wrong with it, from [emvco.Parse]; nil for a payload that is in order
}

// payloadError names a text that begins like a payload.
func payloadError(text string) *PayloadError {
	p, err := emvco.Parse(text)
	return &PayloadError{Text: text, Payload: p, Err: err}
}

// Error says what the code is, for whom, and what is wrong with it.
func (e *PayloadError) Error() string {
	_, incomplete := errors.AsType[*emvco.RulesError](e.Err)
	switch {
	case e.Err == nil:
		return fmt.Sprintf("the code is an EMVCo payment payload, not an address: %s: it is for an app of its scheme", e.Payload)
	case incomplete:
		return fmt.Sprintf("the code is an EMVCo payment payload, not an address, and breaks the specification: %s: %v", e.Payload, e.Err)
	}
	return fmt.Sprintf("the code begins like an EMVCo payment payload, not like an address, and is damaged: %v", e.Err)
}

// Unwrap is what is wrong with the payload.
func (e *PayloadError) Unwrap() error { return e.Err }
