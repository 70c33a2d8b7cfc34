package webpayment

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"image"
	"image/png"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/anyscan/anyscan/component"
)

// FuzzToken holds the reader of tokens to the one spelling of each, and to taking none
// without a signature.
func FuzzToken(f *testing.F) {
	// RFC 8037, appendix A.4.
	const vector = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
	for _, token := range []string{vector, "", "..", "a.b.c", "e30.e30.", "e30.e30.e30.e30.e30", "{}", vector + "=", " " + vector + "\n", "eyJhbGciOiJub25lIn0.e30."} {
		f.Add(token)
	}
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		f.Fatal(err)
	}
	keys := keyring{{public: private.Public().(ed25519.PublicKey), id: "k"}}
	f.Fuzz(func(t *testing.T, token string) {
		if claims, err := keys.verify(token, kindPayment); err == nil {
			t.Errorf("%q was taken, for %q", token, claims)
		} else if err.Error() == "" || !utf8.ValidString(err.Error()) {
			t.Errorf("%q: the error is %q", token, err)
		}
		p, err := split(token)
		if err != nil {
			return
		}
		if again := p.content + "." + encode(p.signature); again != strings.TrimSpace(token) {
			t.Errorf("%q is another spelling of %q", token, again)
		}
		p.head.check(kindPayment)
		keys.explain(p)
	})
}

// FuzzDetails holds the reader of what a payment handler gave back to proving nothing
// of what is not signed.
func FuzzDetails(f *testing.F) {
	for _, data := range []string{"", "{}", `{"token":"a.b.c"}`, `{"token":1}`, `{"token":""}`, "null", `{"left":true}`, `{"TOKEN":"x"}`, `[{"token":"a"}]`, `{"status":"succeeded"}`} {
		f.Add(data)
	}
	c := &Component{settings: Settings{Method: "https://pay.test/", Client: "g"}, options: (*Options)(nil).defaults()}
	f.Fuzz(func(t *testing.T, data string) {
		token, err := details(data)
		if (err == nil) == (token == "") {
			t.Errorf("%q has the token %q, %v", data, token, err)
		}
		if e, err := c.brought(component.Attempt{ID: "a1"}, data); err == nil {
			t.Errorf("%q proves %+v", data, e)
		}
	})
}

// FuzzStatement holds the claims of a statement, as if they were signed, to evidence
// that says no more than they do.
func FuzzStatement(f *testing.F) {
	for _, claims := range []string{"{}", `{"iss":"m","aud":"g","iat":1,"payment":"a1","status":"pending"}`, `{"status":"failed","payment":"a1","reason":"No!"}`,
		`{"payment":"a1","status":"succeeded","reference":"P1","amount":1230,"currency":"EUR","at":1795424400}`,
		`{"payment":"a1","refund":"r1","status":"succeeded","reference":"P1","amount":9007199254740992,"currency":"EUR","at":1}`, `{"amount":1.5}`, `{"at":253402300800,"status":"succeeded"}`} {
		f.Add([]byte(claims))
	}
	f.Fuzz(func(t *testing.T, claims []byte) {
		var s statement
		if json.Unmarshal(claims, &s) != nil {
			return
		}
		_ = s.check("m", "g", time.Unix(1795424400, 0))
		if e, err := s.evidence(); err == nil {
			a := component.Attempt{ID: s.Payment, Amount: e.Amount}
			if e.Check(a) != nil || checkNumber(e.Attempt) != nil || string(e.Outcome) != s.Status || (e.Outcome == component.OutcomeFailed) != (e.Reason != "") {
				t.Errorf("%s proves %+v: %v", claims, e, e.Check(a))
			}
		}
		if e, err := s.refunded(); err == nil && e.Check(component.Refund{ID: s.Refund, Amount: e.Amount}) != nil {
			t.Errorf("%s proves %+v", claims, e)
		}
	})
}

// FuzzApp holds what is made of an operator's words to manifests that other readers
// read alike, and to a script that has them as text alone.
func FuzzApp(f *testing.F) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 40))); err != nil {
		f.Fatal(err)
	}
	icon := b.Bytes()
	f.Add("https://pay.test/method", "Example Pay", "/method/window", "https://bank.example", icon)
	f.Add("https://pay.test", `"</script>`, "/w", "*", icon[:60])
	f.Add("http://localhost:1/a/b/", "\u2028<&>", "/a/b/window/", "http://localhost:2", icon)
	f.Add("https://pay.test/a//b", "x", "/a//b/c", "https://BANK.example", []byte("GIF89a"))
	f.Fuzz(func(t *testing.T, method, name, window, origin string, icon []byte) {
		a := App{Method: method, Name: name, Icon: icon, Window: window, Origins: []string{origin}}
		h, err := NewHandler(a)
		if err != nil {
			return
		}
		read := func(file string) []byte {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", h.folder+file, nil))
			if w.Code != 200 {
				t.Fatalf("%s: status %d", file, w.Code)
			}
			return w.Body.Bytes()
		}
		var m methodManifest
		if err := json.Unmarshal(read(fileManifest), &m); err != nil || len(m.Origins) != 1 || m.Origins[0] != origin {
			t.Errorf("%q became %+v, %v", origin, m, err)
		}
		if u, err := checkAddress(m.Applications[0]); err != nil || u.Path != h.folder+fileApp {
			t.Errorf("%q became %+v, %v", method, m, err)
		}
		var app appManifest
		if err := json.Unmarshal(read(fileApp), &app); err != nil || app.Name != name || !strings.HasPrefix(window, app.ServiceWorker.Scope) {
			t.Errorf("%q and %q became %+v, %v", name, window, app, err)
		}
		first, rest, _ := strings.Cut(string(read(fileWorker)), "\n")
		own := map[string]string{}
		if json.Unmarshal([]byte(strings.TrimPrefix(first, "const app = ")), &own) != nil || own["method"] != method || own["window"] != window || rest != worker ||
			strings.ContainsAny(first, "<>&\u2028\u2029") {
			t.Errorf("%q and %q became %s", method, window, first)
		}
	})
}
