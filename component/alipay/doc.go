// Package alipay pays with Alipay's web payments in China: the browser goes to
// Alipay's page by a signed redirect, and what Alipay signs decides.
//
// Who imports it: clearing institutions that offer Alipay, with the app that a
// merchant, or they themselves, have at Alipay's open platform. The contract names
// the product: [ProductWap] for browsers of phones, [ProductPage] for browsers of
// computers.
//
//	terminal                        gateway                       Alipay
//	  │ begin ─────────────────────▶│ Component.Begin             │ is not asked yet
//	  │◀── action: signed redirect ─│                             │
//	  │ GET gateway.do?… ────────────────────────────────────────▶│ the trade comes to be
//	  │ the payer logs in and pays ──────────────────────────────▶│
//	  │◀──────────────── back to the return address, with a hint ─│
//	  │ come back ─────────────────▶│ Component.Resume            │
//	  │                             │ alipay.trade.query ────────▶│
//	  │                             │◀──────── Component.Receive ─│ notifies, for 25 hours
//	  │                             │ "success", once stored ────▶│
//	                                  (you are here: between gateway and Alipay)
//
// # Which product
//
// An instance pays with the one product that its settings name. An attempt does not
// say what device its browser runs on, and one number at Alipay takes one product:
// whoever serves phones and computers makes two instances, such as "alipay" and
// "alipay-pc". Their offers carry {"product": "wap"} or {"product": "page"}, by
// which a terminal chooses and a payer sees the titles.
//
// # Terms of Alipay
//
// The words are those of the documents at opendocs.alipay.com, by their names there:
//
//	alipay.trade.page.pay             统一收单下单并支付页面接口     Begin, with ProductPage
//	alipay.trade.wap.pay              手机网站支付接口2.0           Begin, with ProductWap
//	alipay.trade.query                统一收单交易查询              Query, Resume
//	alipay.trade.close                统一收单交易关闭接口           Cancel
//	alipay.trade.refund               统一收单交易退款接口           Refund
//	alipay.trade.fastpay.refund.query 统一收单交易退款查询           Refund
//	trade_status_sync                 异步通知说明                 Receive
//	RSA2                              自行实现签名, 自行实现验签      both directions
//	code, sub_code                    公共错误码                   errors
//
//	out_trade_no      the attempt's ID         trade_no      Evidence.Reference
//	out_request_no    the refund's ID          total_amount  yuan with two decimals
//	time_expire       the attempt's expiry, in China's time, down to the second
//	subject           the order's description, or else the merchant's name
//
//	WAIT_BUYER_PAY                   pending
//	TRADE_SUCCESS, TRADE_FINISHED    succeeded
//	TRADE_CLOSED                     failed, "closed"; but succeeded if there was money,
//	                                 which all went back: by gmt_refund, refund_fee, the
//	                                 time of payment, or receipt_amount
//	ACQ.TRADE_NOT_EXIST              pending until five minutes after the expiry, then
//	                                 failed, "expired"
//
// The last one is a rule of ours. Alipay makes a trade when a payer opens the
// redirect, and nothing of Alipay's calls a redirect back that was handed out:
// alipay.trade.close closes no trade that is not there. So an attempt that Alipay
// never heard of has failed only after time_expire, when Alipay's page takes no
// payment any more, and five minutes for clocks that differ. What it costs: an order
// whose payer never got to Alipay's page can be canceled only then. Expiries of
// minutes keep that short; Alipay waits for 15 days at most, and Begin refuses more.
//
// Money is CNY alone. A refund that fails says "exceeds_payment", "not_paid",
// "window_closed", "insufficient_balance" or "not_allowed"; what Alipay says beyond
// these words may still change, and is asked again. Certificates in place of public
// keys (公钥证书方式), encrypted content (AES), and sign_type RSA are not
// supported. Refunds that somebody makes at Alipay's own pages are not the gateway's:
// the payment stays succeeded.
//
// The package is held to Alipay's SDK for Node.js, alipay-sdk 4.14.0, both as the
// one who signs and as the one who verifies, and to a fake of Alipay in its tests. It
// has not met Alipay itself: begin with the test system, whose gateway is
// https://openapi-sandbox.dl.alipaydev.com/gateway.do and which has apps of its own.
//
// # Errors
//
// [New] reports every problem of the settings, each with its path. Methods return an
// *order.Error. Evidence says failed where Alipay signed that it is so, or by the
// rule above; every other answer, none, or one that is not signed leaves the outcome
// unknown, CodeUnavailable or CodeInternal, and the gateway asks again. Errors about
// signatures name the cause: another key, other content, another order, another
// encoding, a clock.
//
// # Concurrency
//
// A Component is safe for concurrent use and keeps no state: what is needed to know
// an attempt's end is in the attempt.
//
// # Security
//
// Evidence comes from notifications and answers that Alipay signed with RSA2, over
// the very bytes of an answer and over all parameters of a notification, those of
// tomorrow too. What the browser brings back is never read. A notification with a
// parameter that stands twice, or whose value could be read as another parameter, is
// refused: Alipay joins them with & and = without escaping, which is also why the
// subject is sent without these. Notifications for other apps or sellers, and those
// older than 48 hours, are refused.
//
// Alipay's signature over an answer does not say to which request: that rests on
// TLS. The private key never prints; with [Options] it can stay in an HSM. The
// redirect holds the return address, the amount and the subject, and no key.
package alipay
