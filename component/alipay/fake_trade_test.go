package alipay_test

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"time"

	"github.com/anyscan/anyscan/order"
)

// fakeTrade is a trade of the fake's ledger.
type fakeTrade struct {
	number, reference string
	subject           string
	notify            string
	total, refunded   int64 // fen
	status            string
	expires, paid     time.Time
	refunds           map[string]fakeRefund
	charges           int
}

type fakeRefund struct {
	amount int64
	at     time.Time
	hidden bool // not told to who asks
}

// open is a payer who opens the redirect and logs in: that makes the trade.
func (f *fake) open(address string) (*fakeTrade, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	p := u.Query()
	content, word := f.authenticate(p)
	if word != "" {
		return nil, errors.New(word)
	}
	product := map[string]string{"alipay.trade.page.pay": "FAST_INSTANT_TRADE_PAY", "alipay.trade.wap.pay": "QUICK_WAP_WAY"}[p.Get("method")]
	if product == "" || content["product_code"] != product {
		return nil, errors.New("ACQ.ACCESS_FORBIDDEN")
	}
	return f.trade(content, p.Get("notify_url"))
}

// trade finds the trade of that number, or makes it.
func (f *fake) trade(content map[string]any, notify string) (*fakeTrade, error) {
	number, subject := fmt.Sprint(content["out_trade_no"]), fmt.Sprint(content["subject"])
	total, err := order.ParseMoney(fmt.Sprint(content["total_amount"]), "CNY")
	if err != nil {
		return nil, err
	}
	expires, err := time.ParseInLocation("2006-01-02 15:04:05", fmt.Sprint(content["time_expire"]), time.FixedZone("", 8*3600))
	if err != nil {
		return nil, err
	}
	if !f.now().Before(expires) {
		return nil, errors.New("ACQ.TIME_EXPIRED")
	}
	t := f.trades[number]
	if t == nil {
		f.count++
		t = &fakeTrade{number: number, reference: fmt.Sprintf("20261123220014%014d", f.count), subject: subject, notify: notify,
			total: total.Amount, status: "WAIT_BUYER_PAY", expires: expires, refunds: map[string]fakeRefund{}}
		f.trades[number] = t
	}
	switch {
	case t.total != total.Amount || t.subject != subject:
		return nil, errors.New("ACQ.CONTEXT_INCONSISTENT")
	case t.status == "TRADE_CLOSED":
		return nil, errors.New("ACQ.TRADE_HAS_CLOSE")
	}
	return t, nil
}

// pay is a payer who opens the redirect and pays.
func (f *fake) pay(address string) error {
	t, err := f.open(address)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if t.status != "WAIT_BUYER_PAY" {
		return errors.New("ACQ.TRADE_HAS_SUCCESS")
	}
	t.status, t.paid = "TRADE_SUCCESS", f.now()
	t.charges++
	f.owe(t)
	return nil
}

// lapse is a payer who opens the redirect and never pays: Alipay closes the trade.
func (f *fake) lapse(address string) error {
	t, err := f.open(address)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if t.status == "WAIT_BUYER_PAY" {
		t.status = "TRADE_CLOSED"
		f.owe(t)
	}
	return nil
}

// finish makes a paid trade one that is too old to be given back.
func (f *fake) finish(number string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.trades[number].status = "TRADE_FINISHED"
	f.owe(f.trades[number])
}

// answer is what the API says to an authenticated request.
func (f *fake) answer(method string, content map[string]any) map[string]any {
	t := f.trades[fmt.Sprint(content["out_trade_no"])]
	if t == nil {
		return no("ACQ.TRADE_NOT_EXIST")
	}
	if t.status == "WAIT_BUYER_PAY" && !f.now().Before(t.expires) {
		t.status = "TRADE_CLOSED"
		f.owe(t)
	}
	switch method {
	case "alipay.trade.query":
		return f.query(t)
	case "alipay.trade.close":
		return f.close(t)
	case "alipay.trade.refund":
		return f.refund(t, content)
	case "alipay.trade.fastpay.refund.query":
		return f.refundQuery(t, fmt.Sprint(content["out_request_no"]))
	}
	return map[string]any{"code": "40002", "msg": "Invalid Arguments", "sub_code": "isv.invalid-method"}
}

func no(word string) map[string]any {
	return map[string]any{"code": "40004", "msg": "Business Failed", "sub_code": word, "sub_msg": "交易/不行"}
}

func yes(t *fakeTrade, more map[string]any) map[string]any {
	answer := map[string]any{"code": "10000", "msg": "Success", "out_trade_no": t.number, "trade_no": t.reference}
	maps.Copy(answer, more)
	return answer
}

func (f *fake) query(t *fakeTrade) map[string]any {
	more := map[string]any{"trade_status": t.status, "total_amount": yuan(t.total), "buyer_logon_id": "159****5620",
		"receipt_amount": "0.00", "buyer_pay_amount": "0.00", "point_amount": "0.00", "invoice_amount": "0.00"}
	if !t.paid.IsZero() {
		more["send_pay_date"], more["receipt_amount"] = f.stamp(t.paid), yuan(t.total)
	}
	return yes(t, more)
}

func (f *fake) close(t *fakeTrade) map[string]any {
	if t.status != "WAIT_BUYER_PAY" {
		return no("ACQ.TRADE_STATUS_ERROR")
	}
	t.status = "TRADE_CLOSED"
	f.owe(t)
	return yes(t, nil)
}

func (f *fake) refund(t *fakeTrade, content map[string]any) map[string]any {
	number := fmt.Sprint(content["out_request_no"])
	amount, err := order.ParseMoney(fmt.Sprint(content["refund_amount"]), "CNY")
	made, known := t.refunds[number]
	switch {
	case err != nil || number == "":
		return no("ACQ.INVALID_PARAMETER")
	case known && made.amount != amount.Amount:
		return no("ACQ.DISCORDANT_REPEAT_REQUEST")
	case known:
		return yes(t, map[string]any{"fund_change": "N", "refund_fee": yuan(t.refunded)})
	case t.status == "TRADE_FINISHED":
		return no("ACQ.TRADE_HAS_FINISHED")
	case t.status != "TRADE_SUCCESS":
		return no("ACQ.TRADE_STATUS_ERROR")
	case amount.Amount > t.total-t.refunded:
		return no("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
	}
	t.refunded += amount.Amount
	t.refunds[number] = fakeRefund{amount: amount.Amount, at: f.now()}
	if t.refunded == t.total {
		t.status = "TRADE_CLOSED"
	}
	f.owe(t)
	return yes(t, map[string]any{"fund_change": "Y", "refund_fee": yuan(t.refunded)})
}

func (f *fake) refundQuery(t *fakeTrade, number string) map[string]any {
	r, known := t.refunds[number]
	if !known || r.hidden {
		return map[string]any{"code": "10000", "msg": "Success"}
	}
	return yes(t, map[string]any{"out_request_no": number, "refund_amount": yuan(r.amount), "total_amount": yuan(t.total),
		"refund_status": "REFUND_SUCCESS", "gmt_refund_pay": f.stamp(r.at)})
}

func yuan(fen int64) string { return order.Money{Amount: fen, Currency: "CNY"}.Decimal() }
