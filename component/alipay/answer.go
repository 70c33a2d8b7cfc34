package alipay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/anyscan/anyscan/order"
)

// answer is what every answer of Alipay's API begins with.
type answer struct {
	Code    string `json:"code"`
	Message string `json:"msg"`
	SubCode string `json:"sub_code"`
}

const notExist = "ACQ.TRADE_NOT_EXIST" // a sub_code that each API has

// business reports that Alipay understood the request and answered with a word of
// the API's own. Not every such word is a decision.
func (a answer) business() bool {
	return a.Code == "40004" && strings.HasPrefix(a.SubCode, "ACQ.")
}

// err is an answer that decides nothing.
func (a answer) err() error {
	cause := fmt.Errorf("code %.16q, sub_code %.64q%s", a.Code, a.SubCode, hint(a.SubCode))
	switch a.Code {
	case "40001", "40002", "40003", "40006": // of the request, the app or its contract: ours to mend
		return &order.Error{Code: order.CodeInternal, Detail: "Alipay did not take the request", Err: cause}
	}
	return unknown("Alipay could not say", cause)
}

// hint is what to look at, for those who set the app up.
func hint(subCode string) string {
	switch subCode {
	case "isv.invalid-signature":
		return ": the private key is not that of the public key which the app has at Alipay"
	case "isv.invalid-app-id", "isv.missing-app-id":
		return ": the app ID is not one of this gateway; the test system has apps of its own"
	case "isv.invalid-timestamp":
		return ": this machine's clock is wrong"
	case "isv.insufficient-isv-permissions":
		return ": the app has no contract for this product"
	case "isv.app-unbind-partner":
		return ": the app is not bound to a merchant"
	}
	return ""
}

// authentic is the exact bytes of the member of an answer, once Alipay's signature
// over them was checked. An error_response is never authentic: it names no
// request.
func (c *Component) authentic(body []byte, member string) (json.RawMessage, error) {
	members, err := split(body)
	if err != nil {
		return nil, err
	}
	content, ok := members[member]
	if !ok {
		return nil, missing(members, member)
	}
	var sign string
	if raw, ok := members["sign"]; ok {
		if err := json.Unmarshal(raw, &sign); err != nil {
			return nil, errors.New("the sign is not a string")
		}
	}
	return content, c.keys.verify(string(content), sign, func() []mistake {
		return []mistake{{compact(content), "the sign is over the answer written anew: want its bytes as they came"}}
	})
}

// compact is JSON as most libraries write it.
func compact(raw []byte) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return ""
	}
	return b.String()
}

// missing says what is there in place of the member.
func missing(members map[string]json.RawMessage, member string) error {
	var a answer
	if raw, ok := members["error_response"]; ok && json.Unmarshal(raw, &a) == nil {
		return fmt.Errorf("it is an error_response, which proves nothing: code %.16q, sub_code %.64q%s", a.Code, a.SubCode, hint(a.SubCode))
	}
	return fmt.Errorf("it has no member %s", member)
}

// split takes an answer apart into its members, each with the bytes that it came
// in. A member that stands twice could be verified in one place and read in the
// other.
func split(body []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("it is not UTF-8: is it in GBK?")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("it is no JSON object")
	}
	members := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, errors.New("it is not JSON")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, errors.New("it is not JSON")
		}
		member, _ := name.(string)
		if _, twice := members[member]; twice {
			return nil, fmt.Errorf("the member %.64q stands in it twice", member)
		}
		members[member] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, errors.New("it breaks off")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON object")
	}
	return members, nil
}
