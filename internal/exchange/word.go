package exchange

import (
	"net/http"
	"strings"

	"github.com/anyscan/anyscan/order"
)

// The headers with which a terminal says of itself what the gateway's policy
// may ask for when it opens a session. Each holds one word, see [IsWord].
const (
	HeaderApp       = "Scanning-App"           // kind of the app that read the code, such as "chat"
	HeaderComponent = "Scanning-App-Component" // payment component that comes with that app
	HeaderDefault   = "Terminal-Default"       // the terminal's own default component
)

// IsWord reports whether s is 1 to 64 of a-z 0-9 -, the form of every name and
// kind of a component.
func IsWord(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// Word is the word in a header; "" when there is none. A header that holds
// anything else or stands twice is [order.CodeInvalid].
func Word(h http.Header, name string) (string, error) {
	values := h.Values(name)
	if len(values) == 0 {
		return "", nil
	}
	if len(values) > 1 || !IsWord(values[0]) {
		return "", order.Errorf(order.CodeInvalid, "", "the header %s is not one word: want 1 to 64 of a-z 0-9 -", name)
	}
	return values[0], nil
}

// SetWord sets the header unless the word is empty. A text that is not a word is
// [order.CodeInvalid].
func SetWord(h http.Header, name, word string) error {
	if word == "" {
		return nil
	}
	if !IsWord(word) {
		return order.Errorf(order.CodeInvalid, "", "%.70q cannot be sent as %s: want 1 to 64 of a-z 0-9 -", word, name)
	}
	h.Set(name, word)
	return nil
}
