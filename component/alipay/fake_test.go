package alipay_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	testApp    = "2021000122671080"
	testSeller = "2088102146225135"
)

// fake is a FAKE of Alipay's side, for tests: its gateway, its ledger of trades and
// its notifications, written from Alipay's documents and never seen by Alipay. It
// signs and verifies with code of its own; testdata/sdk.mjs holds it to Alipay's
// SDK.
type fake struct {
	mu     sync.Mutex
	now    func() time.Time
	app    *rsa.PublicKey  // of the one app that it knows
	key    *rsa.PrivateKey // Alipay's
	trades map[string]*fakeTrade
	count  int
	owed   []string // bodies of notifications, in the order in which things happened
	calls  []string // methods that were called
	// fault, where it is set, stands between the fake and whoever asks it.
	fault func(method string, answer func() *http.Response) (*http.Response, error)
}

func newFake(now func() time.Time) *fake {
	return &fake{now: now, app: &readKey("app").PublicKey, key: readKey("alipay"), trades: map[string]*fakeTrade{}}
}

// readKey reads a key of testdata, made by openssl for these tests alone.
func readKey(name string) *rsa.PrivateKey {
	block, _ := pem.Decode(readPEM(name))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		panic(err)
	}
	return key.(*rsa.PrivateKey)
}

func readPEM(name string) []byte {
	text, err := os.ReadFile("testdata/" + name + ".pem")
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
		return f.fault(r.URL.Query().Get("method"), answer)
	}
	return answer(), nil
}

// ServeHTTP is Alipay's gateway.do for servers.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	method := r.Form.Get("method")
	f.calls = append(f.calls, method)
	content, word := f.authenticate(r.Form)
	answer := map[string]any{"code": "40002", "msg": "Invalid Arguments", "sub_code": word, "sub_msg": "参数/无效"}
	if word == "" {
		answer = f.answer(method, content)
	}
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	fmt.Fprint(w, f.signed(method, answer))
}

// authenticate is what the gateway checks first, of a request or a redirect.
func (f *fake) authenticate(p url.Values) (content map[string]any, word string) {
	at, err := time.ParseInLocation("2006-01-02 15:04:05", p.Get("timestamp"), time.FixedZone("", 8*3600))
	sum := sha256.Sum256([]byte(fakeText(flat(p), "sign")))
	sign, _ := base64.StdEncoding.DecodeString(p.Get("sign"))
	switch {
	case p.Get("app_id") != testApp:
		return nil, "isv.invalid-app-id"
	case p.Get("charset") != "utf-8" || p.Get("sign_type") != "RSA2" || p.Get("version") != "1.0":
		return nil, "isv.missing-parameter"
	case err != nil || at.Sub(f.now()).Abs() > time.Hour:
		return nil, "isv.invalid-timestamp"
	case rsa.VerifyPKCS1v15(f.app, crypto.SHA256, sum[:], sign) != nil:
		return nil, "isv.invalid-signature"
	case json.Unmarshal([]byte(p.Get("biz_content")), &content) != nil:
		return nil, "isv.invalid-parameter"
	}
	return content, ""
}

// signed is the body of an answer. Alipay escapes slashes, which no library for Go
// does: what is verified has to be what came.
func (f *fake) signed(method string, answer map[string]any) string {
	raw, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	content := strings.ReplaceAll(string(raw), "/", `\/`)
	return `{"` + strings.ReplaceAll(method, ".", "_") + `_response":` + content + `,"sign":"` + sign(f.key, content) + `"}`
}

func sign(key *rsa.PrivateKey, text string) string {
	sum := sha256.Sum256([]byte(text))
	raw, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// fakeText is what a signature of parameters is over.
func fakeText(p map[string]string, without ...string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if !slices.Contains(without, name) {
			pairs = append(pairs, name+"="+p[name])
		}
	}
	return strings.Join(pairs, "&")
}

func flat(v url.Values) map[string]string {
	p := map[string]string{}
	for name := range v {
		p[name] = v.Get(name)
	}
	return p
}

func (f *fake) stamp(t time.Time) string {
	return t.In(time.FixedZone("", 8*3600)).Format("2006-01-02 15:04:05")
}
