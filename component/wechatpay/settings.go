package wechatpay

import (
	"crypto"
	"net/http"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/anyscan/anyscan/component"
)

// Product is the one of WeChat Pay's ways to pay that an instance pays with.
type Product string

const (
	ProductH5     Product = "h5"     // H5支付: browsers of phones, outside WeChat
	ProductJSAPI  Product = "jsapi"  // JSAPI支付: pages inside WeChat
	ProductNative Product = "native" // Native支付: a code for WeChat to scan
)

// Settings are what a merchant agreed with WeChat Pay: plain data, which can be read
// from JSON that [SettingsSchema] describes. The merchant platform (pay.weixin.qq.com,
// 账户中心, API安全) shows them.
type Settings struct {
	Title   string  `json:"title"`             // shown to payers
	MchID   string  `json:"mchid"`             // 商户号, digits
	AppID   string  `json:"appid"`             // wx…, bound to the MchID; for ProductJSAPI that of an official account
	Product Product `json:"product,omitempty"` // default: ProductH5
	Gateway string  `json:"gateway,omitempty"` // default: https://api.mch.weixin.qq.com
	// AppSecret is that of the AppID, for ProductJSAPI alone.
	AppSecret component.Secret `json:"app_secret,omitzero"`
	// SerialNo is the serial number of the merchant's API certificate
	// (商户API证书序列号), whose private key signs.
	SerialNo string `json:"serial_no"`
	// PrivateKey is the key of that certificate as PEM, apiclient_key.pem. It stays
	// away if Options.Signer signs.
	PrivateKey component.Secret `json:"private_key,omitzero"`
	// APIv3Key is the key of 32 characters that notifications are encrypted with.
	APIv3Key component.Secret `json:"apiv3_key"`
	// PlatformKeys are what WeChat Pay signs with: the old and the new one while it
	// changes from one to the other.
	PlatformKeys []PlatformKey `json:"platform_keys"`
}

// PlatformKey is a key that WeChat Pay signs with: a public key of WeChat Pay
// (微信支付公钥), or a platform certificate (微信支付平台证书).
type PlatformKey struct {
	Serial string `json:"serial"` // PUB_KEY_ID_… of the public key, or the certificate's serial number
	Key    string `json:"key"`    // PEM of the public key or of the certificate
}

// Options are what cannot be written in a file. nil and the zero value mean the
// defaults.
type Options struct {
	Signer    crypto.Signer     // the merchant's RSA key in another place, such as an HSM; default: Settings.PrivateKey
	Transport http.RoundTripper // reaches WeChat Pay; default: http.DefaultTransport
	Timeout   time.Duration     // of one request to WeChat Pay; default: 10 seconds
	Now       func() time.Time  // default: time.Now
}

const (
	defaultGateway = "https://api.mch.weixin.qq.com"
	defaultTimeout = 10 * time.Second
)

// defaults fills what is not set.
func (s Settings) defaults() Settings {
	if s.Product == "" {
		s.Product = ProductH5
	}
	if s.Gateway == "" {
		s.Gateway = defaultGateway
	}
	return s
}

func (o *Options) defaults() Options {
	var own Options
	if o != nil {
		own = *o
	}
	if own.Transport == nil {
		own.Transport = http.DefaultTransport
	}
	if own.Timeout == 0 {
		own.Timeout = defaultTimeout
	}
	if own.Now == nil {
		own.Now = time.Now
	}
	return own
}

// SettingsSchema is the JSON Schema 2020-12 of [Settings], for the forms and
// files that they come from.
func SettingsSchema() (*jsonschema.Schema, error) {
	s, err := component.SchemaFor[Settings]()
	if err != nil {
		return nil, err
	}
	s.Title = "WeChat Pay"
	for name, add := range settingsForms() {
		p := s.Properties[name]
		p.Title, p.Pattern, p.Format, p.Enum, p.Examples = add.Title, add.Pattern, add.Format, add.Enum, add.Examples
		p.MinLength, p.MaxLength, p.MinItems, p.MaxItems = add.MinLength, add.MaxLength, add.MinItems, add.MaxItems
	}
	keys := s.Properties["platform_keys"]
	keys.Types, keys.Type = nil, "array" // none of them is no setting
	serial, key := keys.Items.Properties["serial"], keys.Items.Properties["key"]
	serial.Title, serial.Pattern, serial.Examples = "Serial number, or ID of the public key", "^[0-9A-Za-z_]{1,128}$", []any{"PUB_KEY_ID_0000000000000024101100397200000006"}
	key.Title, key.MinLength = "Public key or certificate, PEM", new(1)
	return s, nil
}

// settingsForms is what the types do not say.
func settingsForms() map[string]jsonschema.Schema {
	return map[string]jsonschema.Schema{
		"title":         {Title: "Name shown to payers", MinLength: new(1), Examples: []any{"WeChat Pay"}},
		"mchid":         {Title: "Merchant ID (商户号)", Pattern: "^[0-9]{1,32}$", Examples: []any{"1900000109"}},
		"appid":         {Title: "App ID (APPID)", Pattern: "^wx[0-9a-z]{16}$", Examples: []any{"wxd678efh567hg6787"}},
		"product":       {Title: "Product", Enum: products(), Examples: []any{ProductH5}},
		"gateway":       {Title: "Host of WeChat Pay's API", Format: "uri", Examples: []any{defaultGateway}},
		"app_secret":    {Title: "App secret (AppSecret), for jsapi alone"},
		"serial_no":     {Title: "Serial number of the merchant's API certificate", Pattern: "^[0-9A-Fa-f]{1,64}$", Examples: []any{"5157F09EFDC096DE15EBE81A47057A7232F1B8E1"}},
		"private_key":   {Title: "The merchant's private key, PEM (apiclient_key.pem)", MinLength: new(1)},
		"apiv3_key":     {Title: "APIv3 key (APIv3密钥), 32 characters", MinLength: new(keyLength), MaxLength: new(keyLength)},
		"platform_keys": {Title: "Keys that WeChat Pay signs with", MinItems: new(1), MaxItems: new(maxKeys)},
	}
}

func products() []any { return []any{ProductH5, ProductJSAPI, ProductNative} }
