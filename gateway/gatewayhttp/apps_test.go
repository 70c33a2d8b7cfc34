package gatewayhttp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/internal/web/webtest"
)

// An app is recognized by its web view's User-Agent, unless it says itself what it is.
func TestScanningAppsAreRecognized(t *testing.T) {
	const phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130 Mobile Safari/537.36"
	for name, c := range map[string]struct {
		agent string
		said  map[string]string
		want  gateway.ScanningApp
	}{
		"a browser": {phone, nil, gateway.ScanningApp{Kind: "browser"}},
		"nothing":   {"", nil, gateway.ScanningApp{Kind: "browser"}},
		"WeChat":    {phone + " MMWEBID/1 MicroMessenger/8.0.50.2701(0x28003252) WeChat/arm64", nil, gateway.ScanningApp{Kind: "wechat", Component: "wechatpay"}},
		"Alipay":    {phone + " AliApp(AP/10.6.0) AlipayClient/10.6.0", nil, gateway.ScanningApp{Kind: "alipay", Component: "alipay"}},
		"a bank":    {phone + " UnionPay/1.0 ABCBank", nil, gateway.ScanningApp{Kind: "unionpay", Component: "unionpay"}},
		"its own":   {phone + " TeaApp/3", nil, gateway.ScanningApp{Kind: "tea"}},
		"it says so": {phone + " MicroMessenger/8.0", map[string]string{"Scanning-App": "chat"},
			gateway.ScanningApp{Kind: "chat"}},
	} {
		s := newStub(base)
		header := map[string]string{"User-Agent": c.agent}
		for name, value := range c.said {
			header[name] = value
		}
		a := newVisitor(t, s, &gatewayhttp.Options{Apps: append([]gatewayhttp.App{{Token: "TeaApp/", Kind: "tea"}}, gatewayhttp.Apps()...)}).
			Do("GET", pay, webtest.AsBrowser, header, "")
		if diff := cmp.Diff([]gateway.Opening{{App: c.want}}, s.opened); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if vary := strings.Join(a.Header.Values("Vary"), ", "); !strings.Contains(vary, "User-Agent") {
			t.Errorf("%s: Vary is %q", name, vary)
		}
	}
}

// A program says what it is; its User-Agent is that of a library.
func TestProgramsAreNotRecognized(t *testing.T) {
	s := newStub(base)
	newVisitor(t, s, nil).Do("GET", pay, webtest.AsProgram, map[string]string{"User-Agent": "MicroMessenger/8.0"}, "")
	if diff := cmp.Diff([]gateway.Opening{{}}, s.opened); diff != "" {
		t.Error(diff)
	}
}

func TestAppsThatCannotBe(t *testing.T) {
	signer, pub := newSigner(t, 2, nil)
	_, err := gatewayhttp.NewHandler(newStub(base), base, directory{newKeys(t, pub), ""}, signer,
		&gatewayhttp.Options{Apps: []gatewayhttp.App{{Token: "a", Kind: "tea"}, {Token: "TeaApp/", Kind: "Tea", Component: "a b"}}})
	for _, want := range []string{`app 0: the token "a"`, `app 1: the kind "Tea"`, `app 1: the component "a b"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want %q", err, want)
		}
	}
}

func ExampleApps() {
	for _, app := range gatewayhttp.Apps() {
		fmt.Println(app.Token, app.Kind, app.Component)
	}
	// Output:
	// MicroMessenger/ wechat wechatpay
	// AlipayClient/ alipay alipay
	// UnionPay/ unionpay unionpay
}
