package gatewayhttp

import (
	"errors"
	"fmt"
	"strings"

	"github.com/anyscan/anyscan/gateway"
)

// An App is a scanning app whose web view gives itself away in the header
// User-Agent, for apps that do not say what they are in headers of their own.
type App struct {
	Token     string // part of the User-Agent, such as "MicroMessenger/"; 4 to 64 bytes
	Kind      string // of the scanning app, such as "wechat"; 1 to 64 of a-z 0-9 -
	Component string // that comes with it, by name or kind; "" for none
}

// Apps are the apps that the cashier recognizes without being told: those whose own
// documents name what they put into the User-Agent. Put yours before or after them in
// [Options.Apps].
func Apps() []App {
	return []App{
		{"MicroMessenger/", "wechat", "wechatpay"},
		{"AlipayClient/", "alipay", "alipay"},
		{"UnionPay/", "unionpay", "unionpay"},
	}
}

func checkApps(apps []App) error {
	var errs []error
	for i, a := range apps {
		if len(a.Token) < 4 || len(a.Token) > 64 {
			errs = append(errs, fmt.Errorf("app %d: the token %.70q: want 4 to 64 bytes", i, a.Token))
		}
		for what, word := range map[string]string{"kind": a.Kind, "component": a.Component} {
			if len(word) > 64 || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || what == "kind" && word == "" {
				errs = append(errs, fmt.Errorf("app %d: the %s %.70q: want 1 to 64 of a-z 0-9 -", i, what, word))
			}
		}
	}
	return errors.Join(errs...)
}

// recognize is the scanning app behind a User-Agent, or a browser that nobody else
// opened. It is a guess that decides what is shown first, and nothing else.
func (h *handler) recognize(agent string) gateway.ScanningApp {
	for _, a := range h.apps {
		if strings.Contains(agent, a.Token) {
			return gateway.ScanningApp{Kind: a.Kind, Component: a.Component}
		}
	}
	return gateway.ScanningApp{Kind: browser}
}
