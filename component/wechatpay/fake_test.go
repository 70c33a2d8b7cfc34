package wechatpay_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/anyscan/anyscan/component"
)

const (
	testMch     = "1900000109"
	testApp     = "wxd678efh567hg6787"
	testSecret  = "0123456789abcdef0123456789abcdef"
	testAPIv3   = "an APIv3 key of the fake's, 32 b"
	testSerial  = "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C" // the merchant's
	keySerial   = "PUB_KEY_ID_0000000000000024101100397200000006"
	nextSerial  = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1" // of testdata/next.crt
	testAddress = "203.0.113.7"
)

// fake is a FAKE of WeChat Pay's side, for tests: its API, its ledger of payments and
// its notifications, and WeChat's word on who a payer is. It was written from WeChat
// Pay's documents and never seen by WeChat Pay. It signs and verifies with code of its
// own; testdata/sdk.mjs holds it to wechatpay-axios-plugin.
type fake struct {
	mu       sync.Mutex
	now      func() time.Time
	merchant *rsa.PublicKey  // of the one merchant that it knows
	key      *rsa.PrivateKey // WeChat Pay's
	serial   string          // of key
	payments map[string]*fakePayment
	refunds  map[string]*fakeRefund
	tokens   map[string]string // what leads to a payment: its number
	codes    map[string]string // who a payer is
	count    int
	owed     []component.Notification // in the order in which things happened
	calls    []string
	unsigned bool // answers
	// fault, where it is set, stands between the fake and whoever asks it.
	fault func(call string, answer func() *http.Response) (*http.Response, error)
}

func newFake(now func() time.Time) *fake {
	return &fake{now: now, merchant: &readKey("merchant").PublicKey, key: readKey("platform"), serial: keySerial,
		payments: map[string]*fakePayment{}, refunds: map[string]*fakeRefund{}, tokens: map[string]string{}, codes: map[string]string{}}
}

// readKey reads a key of testdata, made by openssl for these tests alone.
func readKey(name string) *rsa.PrivateKey {
	block, _ := pem.Decode(readFile(name + ".pem"))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		panic(err)
	}
	return key.(*rsa.PrivateKey)
}

func readFile(name string) []byte {
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		panic(err)
	}
	return text
}

// publicPEM is the public half of a key of testdata.
func publicPEM(name string) string {
	der, err := x509.MarshalPKIXPublicKey(&readKey(name).PublicKey)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// RoundTrip lets a component reach the fake without a network.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	answer := func() *http.Response {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		return w.Result()
	}
	if f.fault != nil {
		return f.fault(r.Method+" "+r.URL.Path, answer)
	}
	return answer(), nil
}

// reply is what the fake answers: a status and JSON, or nothing with 204.
type reply struct {
	status int
	body   any
}

func no(status int, code string) reply {
	return reply{status, map[string]string{"code": code, "message": "不行"}}
}

// ServeHTTP is api.mch.weixin.qq.com, and api.weixin.qq.com.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, r.Method+" "+r.URL.Path)
	if r.URL.Path == "/sns/oauth2/access_token" {
		w.Header().Set("Content-Type", "text/plain")
		json.NewEncoder(w).Encode(f.identity(r.URL.Query().Get))
		return
	}
	body, err := io.ReadAll(r.Body)
	a := no(400, "PARAM_ERROR")
	if err == nil {
		a = f.authenticated(r, body)
	}
	var raw []byte
	if a.body != nil {
		if raw, err = json.Marshal(a.body); err != nil {
			panic(err)
		}
	}
	if a.status != 401 && !f.unsigned {
		for name, values := range f.stamp(raw) {
			w.Header()[name] = values
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(a.status)
	w.Write(raw)
}

// authenticated is what the API checks first.
func (f *fake) authenticated(r *http.Request, body []byte) reply {
	m := regexp.MustCompile(`^WECHATPAY2-SHA256-RSA2048 (.*)$`).FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil || r.Header.Get("User-Agent") == "" || !strings.Contains(r.Header.Get("Accept"), "application/json") {
		return no(401, "SIGN_ERROR")
	}
	p := map[string]string{}
	for _, pair := range regexp.MustCompile(`(\w+)="([^"]*)"`).FindAllStringSubmatch(m[1], -1) {
		p[pair[1]] = pair[2]
	}
	at, err := strconv.ParseInt(p["timestamp"], 10, 64)
	signature, _ := base64.StdEncoding.DecodeString(p["signature"])
	sum := sha256.Sum256([]byte(r.Method + "\n" + r.URL.RequestURI() + "\n" + p["timestamp"] + "\n" + p["nonce_str"] + "\n" + string(body) + "\n"))
	switch {
	case err != nil || f.now().Sub(time.Unix(at, 0)).Abs() > 5*time.Minute:
		return no(401, "SIGN_ERROR")
	case p["mchid"] != testMch || p["serial_no"] != testSerial || p["nonce_str"] == "" || len(p["nonce_str"]) > 32:
		return no(401, "SIGN_ERROR")
	case rsa.VerifyPKCS1v15(f.merchant, crypto.SHA256, sum[:], signature) != nil:
		return no(401, "SIGN_ERROR")
	}
	var content map[string]any
	if r.Method == http.MethodPost && json.Unmarshal(body, &content) != nil {
		return no(400, "PARAM_ERROR")
	}
	return f.route(r.Method+" "+r.URL.Path, r.URL.Query().Get("mchid"), content)
}

// stamp is the headers that an answer or a notification is signed with.
func (f *fake) stamp(body []byte) http.Header {
	return stamped(f.key, f.serial, strconv.FormatInt(f.now().Unix(), 10), "c5ac7061fccab6bf3e254dcf98995b8c", body)
}

func stamped(key *rsa.PrivateKey, serial, at, nonce string, body []byte) http.Header {
	return http.Header{
		"Wechatpay-Timestamp": {at}, "Wechatpay-Nonce": {nonce}, "Wechatpay-Serial": {serial},
		"Wechatpay-Signature":      {sign(key, at+"\n"+nonce+"\n"+string(body)+"\n")},
		"Wechatpay-Signature-Type": {"WECHATPAY2-SHA256-RSA2048"},
	}
}

func sign(key *rsa.PrivateKey, text string) string {
	sum := sha256.Sum256([]byte(text))
	raw, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// identity is WeChat's word on a code, which is good once.
func (f *fake) identity(get func(string) string) map[string]any {
	openid, known := f.codes[get("code")]
	switch {
	case get("appid") != testApp:
		return map[string]any{"errcode": 40013, "errmsg": "invalid appid"}
	case get("secret") != testSecret:
		return map[string]any{"errcode": 40125, "errmsg": "invalid appsecret"}
	case get("grant_type") != "authorization_code" || !known:
		return map[string]any{"errcode": 40029, "errmsg": "invalid code"}
	case openid == "":
		return map[string]any{"errcode": 40163, "errmsg": "code been used"}
	}
	f.codes[get("code")] = ""
	return map[string]any{"access_token": "unused", "expires_in": 7200, "openid": openid, "scope": "snsapi_base"}
}

func (f *fake) rfc3339(t time.Time) string {
	return t.In(time.FixedZone("", 8*3600)).Format("2006-01-02T15:04:05-07:00")
}

// next is a number of the fake's own.
func (f *fake) next(prefix string) string {
	f.count++
	return fmt.Sprintf("%s%018d", prefix, f.count)
}

func cut(path, prefix, suffix string) (string, bool) {
	rest, ok := strings.CutPrefix(path, prefix)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, suffix)
}
