package gatewayhttp_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"net/http/httptest"
	"strings"

	"golang.org/x/text/language"

	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/order/wire"
)

// A gateway adds a language to what its pages say.
func ExampleTexts() {
	texts, err := gatewayhttp.Texts()
	if err != nil {
		fmt.Println(err)
		return
	}
	texts.SetString(language.German, "English", "Deutsch") // the language's own name
	texts.SetString(language.German, "How do you want to pay?", "Wie möchten Sie bezahlen?")
	texts.SetString(language.German, "Nothing here", "Hier ist nichts")
	signer, _ := wire.NewSigner(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{'g'}, ed25519.SeedSize)), nil)
	nobody, _ := wire.NewKeys()
	handler, err := gatewayhttp.NewHandler(till{}, "http://pay.localhost", directory{Keys: nobody}, signer,
		&gatewayhttp.Options{Texts: texts, Style: ":root { --deep: #123a7a; }"})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest("GET", "/nowhere", nil)
	r.Header.Set("Accept-Language", "de-CH, en;q=0.5")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	fmt.Println(w.Code, strings.Contains(w.Body.String(), "<h1>Hier ist nichts</h1>"))
	// Output: 404 true
}
