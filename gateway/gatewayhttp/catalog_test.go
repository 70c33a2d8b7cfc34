package gatewayhttp_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
)

// What can pay is published with what it can do, and none of an operator's settings.
func TestCatalogIsPublished(t *testing.T) {
	const secret = "0123456789abcdef"
	blue, err := sandbox.New("blue", sandbox.Settings{Provider: "https://wallet.example", Merchant: "shop-77", Secret: component.NewSecret([]byte(secret)), Title: "Blue Wallet"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := component.NewRegistry(blue)
	if err != nil {
		t.Fatal(err)
	}
	a := newVisitor(t, newStub(base), &gatewayhttp.Options{Catalog: r.Catalog()}).Get("/v1/components")
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/json" || a.Header.Get("Cache-Control") != "public, max-age=300" {
		t.Errorf("status %d, %v", a.StatusCode, a.Header)
	}
	var got struct{ Components []component.Entry }
	if err := json.Unmarshal([]byte(a.Text), &got); err != nil || len(got.Components) != 1 {
		t.Fatalf("%s: %v", a.Text, err)
	}
	e := got.Components[0]
	if diff := cmp.Diff(r.Catalog()[0].Offer, e.Offer); diff != "" || !e.Settings.Properties["secret"].WriteOnly || len(e.Abilities) != 4 {
		t.Errorf("%+v (-want +got):\n%s", e, diff)
	}
	if strings.Contains(a.Text, secret) || strings.Contains(a.Text, "shop-77") {
		t.Errorf("it holds settings: %s", a.Text)
	}
}

func TestNoCatalogIsPublished(t *testing.T) {
	if a := newVisitor(t, newStub(base), nil).Get("/v1/components"); a.StatusCode != 404 {
		t.Errorf("status %d: %s", a.StatusCode, a.Text)
	}
}
