package wechatpay

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/anyscan/anyscan/order"
)

// fault is what WeChat Pay answers in place of what was asked for.
type fault struct {
	Code    string `json:"code"`
	Message string `json:"message"` // for people, in Chinese
	status  int
}

// The codes (错误码) that say how things stand.
const (
	faultNoOrder  = "ORDER_NOT_EXIST"
	faultNoRefund = "RESOURCE_NOT_EXISTS" // or, where a refund is asked for, no such payment
	faultPaid     = "ORDERPAID"
	faultClosed   = "ORDER_CLOSED"
	faultUsed     = "OUT_TRADE_NO_USED" // with other parameters, or it is over
	faultInvalid  = "INVALID_REQUEST"   // well formed, against a rule
	faultBalance  = "NOT_ENOUGH"
	faultAccount  = "USER_ACCOUNT_ABNORMAL"
)

// refusal is an answer with a status that is none of success. Its word counts only
// with WeChat Pay's signature, and only where it says that WeChat Pay decided.
func refusal(status int, body []byte, unsigned error) (*fault, error) {
	no := &fault{status: status}
	if err := json.Unmarshal(body, no); err != nil || no.Code == "" {
		return nil, unknown("there was no answer of WeChat Pay's API", fmt.Errorf("status %d", status))
	}
	switch {
	case unsigned != nil && status == http.StatusUnauthorized: // WeChat Pay did not find out who asked
		return nil, no.err()
	case unsigned != nil:
		return nil, unknown("there was no answer that WeChat Pay signed", fmt.Errorf("%w: %w", no, unsigned))
	case status >= 400 && status < 500 && status != http.StatusTooManyRequests:
		return no, nil
	}
	return nil, no.err()
}

// err is a refusal that decides nothing.
func (f *fault) err() error {
	switch f.Code {
	case "PARAM_ERROR", faultInvalid, "SIGN_ERROR", "NO_AUTH", "APPID_MCHID_NOT_MATCH", "MCH_NOT_EXISTS", "OPENID_MISMATCH":
		return &order.Error{Code: order.CodeInternal, Detail: "WeChat Pay did not take the request", Err: f}
	}
	return unknown("WeChat Pay could not say", f)
}

// Error is the refusal with what to look at.
func (f *fault) Error() string {
	return fmt.Sprintf("status %d, code %.64q, message %.200q%s", f.status, f.Code, f.Message, f.hint())
}

// hint is what to look at, for those who set the merchant up.
func (f *fault) hint() string {
	switch f.Code {
	case "SIGN_ERROR":
		return ": the private key is not that of the certificate serial_no, or this machine's clock is wrong"
	case "NO_AUTH":
		return ": the merchant has no contract for this product"
	case "APPID_MCHID_NOT_MATCH":
		return ": the appid is not bound to the mchid"
	case "MCH_NOT_EXISTS":
		return ": the mchid is not one of WeChat Pay's"
	case "FREQUENCY_LIMITED":
		return ": too many requests"
	}
	return ""
}
