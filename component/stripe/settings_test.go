package stripe_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/stripe"
	"github.com/anyscan/anyscan/order"
)

// All problems of the settings are told at once, each with its path.
func TestSettingsProblems(t *testing.T) {
	_, err := stripe.New("stripe", stripe.Settings{Currencies: []string{"EUR", "eur", "EUR", "IQD"}, APIBase: "http://api.stripe.com"}, &stripe.Options{Timeout: -1})
	e, ok := errors.AsType[*order.Error](err)
	if !ok || e.Code != order.CodeInvalid || e.Op != "stripe.New" {
		t.Fatal(err)
	}
	want := []order.Problem{
		{Path: "/title", Detail: "is empty"},
		{Path: "/secret_key", Detail: "is missing: want the account's secret key, sk_…, or a restricted one, rk_…"},
		{Path: "/webhook_secrets", Detail: "has 0 secrets: want 1 to 8"},
		{Path: "/currencies/1", Detail: `"eur" is no currency that Stripe takes: want an ISO 4217 code, upper case`},
		{Path: "/currencies/2", Detail: "EUR stands in it twice"},
		{Path: "/currencies/3", Detail: `"IQD" is no currency that Stripe takes: want an ISO 4217 code, upper case`},
		{Path: "/api_base", Detail: `"http://api.stripe.com" is not https`},
		{Path: "/timeout", Detail: "is negative: want a time to wait for an answer"},
	}
	if len(e.Problems) > 0 && e.Problems[0].Path == "/title" {
		want[0].Detail = e.Problems[0].Detail // the order package's words
	}
	if diff := cmp.Diff(want, e.Problems); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A secret in the wrong place is called what it is, and not shown.
func TestSecretsThatAreNone(t *testing.T) {
	for says, key := range map[string]string{
		"is the publishable key":                    "pk_test_hushhush",
		"is a webhook endpoint's signing secret":    "whsec_hushhush",
		"is not of the form sk_test_…":              "sk_prod_hushhush",
		"was a space or line break copied with it?": "sk_test_hushhush\n",
	} {
		s := settings()
		s.SecretKey = component.NewSecret([]byte(key))
		refused(t, s, "/secret_key", says)
	}
	for says, secret := range map[string]string{
		"is missing: want the endpoint's signing secret": "",
		"is a key of the API":                            "sk_test_hushhush",
		"is the ID of the endpoint":                      "we_hushhush",
		"is not of the form whsec_…":                     "hushhush",
		"was a space or line break":                      " whsec_hushhush",
	} {
		s := settings()
		s.WebhookSecrets[1] = component.NewSecret([]byte(secret))
		refused(t, s, "/webhook_secrets/1", says)
	}
	for _, base := range []string{"https://h/?x=1", "https://u@h/", "https://h/#f", "api.stripe.com", "ftp://h", "https://h/v1", "\x00"} {
		s := settings()
		s.APIBase = base
		refused(t, s, "/api_base", "")
	}
	for _, base := range []string{"http://127.0.0.1:12111", "http://[::1]:1/", "http://stripe.localhost", "https://proxy.example"} {
		s := settings()
		s.APIBase = base
		if _, err := stripe.New("stripe", s, nil); err != nil {
			t.Error(err)
		}
	}
}

func refused(t *testing.T, s stripe.Settings, path, says string) {
	t.Helper()
	_, err := stripe.New("stripe", s, nil)
	e, ok := errors.AsType[*order.Error](err)
	if !ok || len(e.Problems) != 1 || e.Problems[0].Path != path || !strings.Contains(e.Problems[0].Detail, says) {
		t.Errorf("want %s …%s…, got %v", path, says, err)
	}
	if err != nil && strings.Contains(err.Error(), "hush") {
		t.Errorf("the error holds a secret: %v", err)
	}
}

// The settings can be kept in a file, without the secrets; what the schema takes New
// takes, and the other way round.
func TestSettingsInAFile(t *testing.T) {
	schema, err := stripe.SettingsSchema()
	if err != nil {
		t.Fatal(err)
	}
	vault := func(name string) (component.Secret, error) {
		text, ok := map[string]string{"key": testKey, "new": otherSecret, "old": testSecret}[name]
		if !ok {
			return component.Secret{}, fmt.Errorf("there is no %q", name)
		}
		return component.NewSecret([]byte(text)), nil
	}
	const file = `{"title": "Card", "secret_key": "key", "webhook_secrets": ["new", "old"], "currencies": ["EUR"], "api_base": "https://api.stripe.com"}`
	s, err := component.ReadSettings[stripe.Settings]([]byte(file), schema, vault)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stripe.New("stripe", s, nil); err != nil {
		t.Error(err)
	}
	for what, change := range map[string][2]string{
		"a key of no such name": {`"key"`, `"kee"`}, "a webhook's secret as key": {`"key"`, `"new"`}, "a key as webhook's secret": {`"new"`, `"key"`},
		"no secret": {`["new", "old"]`, `[]`}, "lower case": {`"EUR"`, `"eur"`}, "unknown": {`"title"`, `"color": "red", "title"`}, "null": {`["EUR"]`, `null`},
	} {
		if _, err := component.ReadSettings[stripe.Settings]([]byte(strings.Replace(file, change[0], change[1], 1)), schema, vault); err == nil {
			t.Errorf("%s fits the schema", what)
		}
	}
}

// Secrets never print: not the settings, not the component, not by any verb.
func TestSecretsNeverPrint(t *testing.T) {
	s := settings()
	c, err := stripe.New("stripe", s, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	for _, v := range []any{s, &s, c, *c, c.Describe()} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		log.Info("x", "v", v)
	}
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{testKey, testSecret, otherSecret} {
		for what, told := range map[string]string{"text": secret, "hexadecimal": fmt.Sprintf("%x", secret), "bytes": strings.Trim(fmt.Sprint([]byte(secret)), "[]")} {
			if strings.Contains(out.String()+string(raw), told) {
				t.Errorf("a secret was printed, as %s", what)
			}
		}
	}
}

// A component shares nothing with the settings that it was made of.
func TestSettingsAreCopied(t *testing.T) {
	l := newLab(t)
	s := settings()
	s.Currencies = []string{"EUR"}
	c := l.make(s, nil)
	s.Currencies[0], s.WebhookSecrets[1] = "XXX", component.Secret{}
	c.Describe().Currencies[0] = "YYY"
	if d := c.Describe(); d.Currencies[0] != "EUR" || len(d.Limits) != 1 || d.Limits[0] != (component.Limit{Currency: "EUR", Min: 50, Max: 99_999_999}) {
		t.Errorf("%+v", d)
	}
	l.paid()
	if _, err := c.Receive(t.Context(), l.fake.letters()[0]); err != nil {
		t.Error(err)
	}
}

// Currencies of Stripe are currencies of ISO 4217, and limits are what can be paid.
func TestLimits(t *testing.T) {
	c, err := stripe.New("stripe", settings(), &stripe.Options{Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	registry, err := component.NewRegistry(c)
	if err != nil {
		t.Fatal(err)
	}
	for money, want := range map[order.Money]int{
		{Amount: 50, Currency: "USD"}: 1, {Amount: 49, Currency: "USD"}: 0, {Amount: 99_999_999, Currency: "USD"}: 1, {Amount: 100_000_000, Currency: "USD"}: 0,
		{Amount: 100_000_000, Currency: "IDR"}: 1, {Amount: 30, Currency: "GBP"}: 1, {Amount: 999_999, Currency: "UGX"}: 1, {Amount: 1_000_000, Currency: "UGX"}: 0,
		{Amount: 99_999_990, Currency: "KWD"}: 1, {Amount: 99_999_991, Currency: "KWD"}: 0, {Amount: 9_999_999_900, Currency: "MGA"}: 1, {Amount: 1, Currency: "IQD"}: 0,
	} {
		if got := len(registry.Offers(component.Wanted{Amount: money})); got != want {
			t.Errorf("%s: %d offers, want %d", money, got, want)
		}
	}
}
