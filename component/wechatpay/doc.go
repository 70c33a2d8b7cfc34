// Package wechatpay pays with WeChat Pay in China, by its API v3 for merchants: what
// WeChat Pay signs decides.
//
// Who imports it: clearing institutions that offer WeChat Pay, with the merchant ID
// that a merchant, or they themselves, have there.
//
//	terminal                        gateway                        WeChat Pay
//	  │ begin ─────────────────────▶│ Component.Begin              │
//	  │                             │ /v3/pay/transactions/… ─────▶│ the payment comes to be
//	  │◀─────────── action: the way │◀──────────────── h5_url, … ──│
//	  │ the payer pays in WeChat ─────────────────────────────────▶│
//	  │ come back ─────────────────▶│ Component.Resume             │
//	  │                             │ …/out-trade-no/{number} ────▶│
//	  │                             │◀───────── Component.Receive ─│ notifies, for 24 hours
//	  │                             │ 204, once stored ───────────▶│
//	                                  (you are here: between gateway and WeChat Pay)
//
// # Which product
//
// An instance pays with the one product that its settings name, and one number at
// WeChat Pay takes one product: whoever serves several makes several instances. Their
// offers carry {"product": "h5"}, and so on, by which a terminal chooses.
//
// [ProductH5] is for browsers of phones outside WeChat, and is not offered to scanning
// apps of the kind "wechat". Its action is a redirect to h5_url, which is good for five
// minutes and opens WeChat. WeChat Pay wants to know the address of the payer's device,
// which the attempt says, and compares it with where h5_url is opened from. The
// gateway's domain has to be registered as one for H5, and the page that redirects has
// to send its Referer.
//
// [ProductJSAPI] is for pages inside WeChat, and offered to apps of the kind "wechat"
// alone. WeChat Pay wants the payer's openid. So the first action is a redirect to
// open.weixin.qq.com, which comes back at once with a code; Resume exchanges the code
// for the openid, makes the payment and answers with a bridge action. The gateway's
// domain has to be registered at the official account (网页授权域名), and the cashier's
// path as one that pays (支付授权目录). The openid is kept nowhere.
//
// [ProductNative] is for a payer whose WeChat is on another device than the page: its
// address code_url, weixin://wxpay/bizpayurl?pr=…, which is good for two hours, has to
// be shown as a code for WeChat to scan. The action is a deep link to it, since it is
// an address for an app; a terminal that can draws it as a QR code, and one that cannot
// does not announce deep_link. Whether WeChat pays when the link is opened on the
// payer's phone is not documented.
//
// # The bridge action
//
// Object is WeixinJSBridge, Method is invoke, and Parameters is the array of what it is
// called with, before a function that takes the result:
//
//	WeixinJSBridge.invoke("getBrandWCPayRequest",
//	    {appId, timeStamp, nonceStr, package, signType: "RSA", paySign}, done)
//
// A page may have to wait for the event WeixinJSBridgeReady before the object is there.
// The result's err_msg, get_brand_wcpay_request:ok, :cancel or :fail, is a hint: Return
// may carry it as Data, and Resume asks WeChat Pay whatever it says.
//
// # Terms of WeChat Pay
//
// The words are those of the documents at pay.weixin.qq.com/doc/v3/merchant, by their
// names there:
//
//	/v3/pay/transactions/h5, jsapi, native             H5下单, JSAPI下单, Native下单   Begin, Resume
//	getBrandWCPayRequest                               JSAPI调起支付                 Resume
//	/v3/pay/transactions/out-trade-no/{number}         商户订单号查询订单              Query, Resume
//	…/close                                            关闭订单                     Cancel
//	/v3/refund/domestic/refunds                        申请退款                     Refund
//	/v3/refund/domestic/refunds/{number}               查询单笔退款                  Refund
//	TRANSACTION.SUCCESS                                支付成功回调通知               Receive
//	WECHATPAY2-SHA256-RSA2048                          签名生成, 签名验证              both directions
//	AEAD_AES_256_GCM                                   证书和回调报文解密              Receive
//	PUB_KEY_ID_…                                       微信支付公钥, 平台证书          PlatformKey
//	snsapi_base                                        网页授权 (developers.weixin.qq.com)
//
//	out_trade_no    the attempt's ID      transaction_id  Evidence.Reference
//	out_refund_no   the refund's ID       refund_id       RefundEvidence.Reference
//	total           fen                   time_expire     the attempt's expiry, RFC 3339, +08:00
//	description     the order's description, or else the merchant's name
//
//	SUCCESS, REFUND                 succeeded
//	NOTPAY, USERPAYING, PAYERROR    pending until ten minutes after the expiry, then closed
//	                                and failed, "expired"
//	CLOSED, REVOKED                 failed, "closed", "revoked"
//	ORDER_NOT_EXIST                 pending until ten minutes after the expiry, then failed,
//	                                "expired"
//
// The last one is a rule of ours: WeChat Pay takes no request that was signed more than
// five minutes ago, and no payment after time_expire, but gives each a minute at least.
// What it costs: an order whose payer came no further than WeChat's question for the
// openid can be canceled only then. Expiries of minutes keep that short; WeChat Pay
// waits for 7 days at most, and Begin refuses more.
//
// WeChat Pay makes one payment of a number, and takes the same parameters for it again:
// Begin again finds it, with a fresh address. ORDERPAID, ORDER_CLOSED and
// OUT_TRADE_NO_USED make Begin ask what became of it.
//
// Refunds: PROCESSING and ABNORMAL are pending, SUCCESS succeeded, CLOSED failed,
// "closed". An ABNORMAL one waits for somebody to say at the merchant platform where
// the money goes. Without a refund, NOT_ENOUGH is "insufficient_balance",
// USER_ACCOUNT_ABNORMAL "payer_account", INVALID_REQUEST "not_paid" or "window_closed"
// where the payment shows it; what else WeChat Pay says may still change, and is asked
// again. Refunds that somebody makes at the merchant platform are not the gateway's:
// the payment stays succeeded.
//
// Money is CNY alone. Not supported are service providers (服务商) and combined orders
// (合单), SM2 and SM3, and the download of platform certificates (/v3/certificates):
// list the old and the new one in platform_keys while WeChat Pay changes them, or change
// to its public key, which does not expire.
//
// The package is held to wechatpay-axios-plugin 0.9.6 for Node.js, both as the one who
// signs and encrypts and as the one who verifies and decrypts, and to a fake of WeChat
// Pay in its tests. It has not met WeChat Pay itself, which has no test system for API
// v3: begin with payments of one fen.
//
// # Errors
//
// [New] reports every problem of the settings, each with its path. Methods return an
// *order.Error. Evidence says failed where WeChat Pay signed that it is so, or by the
// rule above; every other answer, none, or one that is not signed leaves the outcome
// unknown, CodeUnavailable or CodeInternal, and the gateway asks again. Errors about
// signatures name the cause: another key, a serial that is not known, other content, a
// body that was written anew, a clock.
//
// # Concurrency
//
// A Component is safe for concurrent use and keeps no state: what is needed to know
// an attempt's end is in the attempt.
//
// # Security
//
// Evidence comes from notifications and answers that WeChat Pay signed, over the very
// bytes of the body, with the key that Wechatpay-Serial names, at most five minutes
// before or after this machine's time. WeChat Pay sends bodies with wrong signatures
// now and then (签名探测流量), to find out who does not verify; they are refused as any.
// A notification about a payment is also encrypted, and has to be about this merchant
// and app.
//
// What the terminal brings back is not read, but for the code with which WeChat says who
// the payer is, and that only with the state that the attempt's redirect had. WeChat's
// answer to the code is not signed: that rests on TLS, and decides only whose account
// may pay. WeChat Pay's signature over an answer does not say to which request: numbers
// in it do, and TLS.
//
// Whoever says first who they are to a jsapi attempt is the one who can pay it, until it
// expires: one who scans a code, opens the payment and leaves keeps the next one from
// paying by jsapi, who has to choose another way. Nobody can be made to pay by that.
//
// An instance is bound to its mchid: with another one in its settings WeChat Pay knows
// none of its attempts, which then fail in time. Give the new one a new name.
//
// Secrets never print; with [Options] the private key can stay in an HSM. The app secret
// has to stand in the query of a request to WeChat: a Transport must not log it.
package wechatpay
