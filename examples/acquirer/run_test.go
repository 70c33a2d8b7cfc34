package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway/clearing"
)

func acquirerProgram(t *testing.T, args ...string) (status int, out, stderr string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, nil, &o, &e)
	return status, o.String(), e.String()
}

// What -register prints is a directory that a clearing institution takes as it
// is: the shops on their own host alone, and the key, the same each time.
func TestTheEntryIsADirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bank.json")
	status, out, stderr := acquirerProgram(t, "-keys", file, "-base", "https://bank.example", "-register")
	if status != 0 {
		t.Fatal(stderr)
	}
	all, err := clearing.ParseDirectory([]byte(out))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clearing.NewDirectory(all, nil); err != nil {
		t.Error(err)
	}
	host := []string{"=bank.example"}
	want := []clearing.Acquirer{{Name: "corner-bank", Keys: all[0].Keys, Notify: "https://bank.example/v1/notifications",
		Merchants:     []clearing.Merchant{{ID: "cafe", Name: "Corner Café", Domains: host}, {ID: "books", Name: "Riverside Books", Domains: host}},
		ReturnOrigins: []string{"https://bank.example"}}}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
	if _, again, _ := acquirerProgram(t, "-keys", file, "-base", "https://bank.example", "-register"); again != out {
		t.Errorf("the second time it is %s", again)
	}
}

// Whatever is missing or wrong is told by name before anything is opened; no
// secret is printed with it.
func TestWhatIsMissingIsNamed(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range secretNames() {
		t.Setenv(name, "")
	}
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"", 1, "ACQUIRER_KEY is not set; the key of its forms: ACQUIRER_FORMS is not set; the password of /sales: ACQUIRER_SALES"},
		{"-register", 1, "or -keys FILE keeps them"},
		{"-keys bank.json", 1, "-gateway-keys: open gateway.jwks: no such file or directory: the clearing institution writes it"},
		{"-keys bank.json -gateway-keys bank.json", 1, "-gateway-keys: bank.json: wire: not a usable key"},
		{"-keys .", 1, "-keys: . is not a file of its own"},
		{"-db postgres://me:hunter2@db.example/x", 2, "-db holds a password: leave it out and set PGPASSWORD"},
		{"-db mysql://db.example/x", 2, "want postgres://host/name"},
		{"-listen 8080", 2, `-listen "8080": want a host and a port`},
		{"-tls-cert bank.pem", 2, "-tls-cert and -tls-key belong together"},
		{"-client-key bank.key", 2, "-client-cert and -client-key belong together"},
		{"-client-cert bank.pem -client-key bank.key", 2, `-gateway "http://gateway.localhost:8081": want https`},
		{"-keys bank.json -tls-cert bank.pem -tls-key bank.key", 1, "-tls-cert: open bank.pem"},
		{"-keys bank.json -gateway https://pay.example -client-cert bank.pem -client-key bank.key", 1, "-client-cert: open bank.pem"},
		{"-keys bank.json -ca bank.json", 1, "-ca: bank.json holds no certificate"},
		{"-amount 25.00", 2, "-amount is that of a -code or a -refund"},
		{"-refund 06h2rufegdpov85lojn5ve9qg0 -out code.png", 2, "-out is where the picture of a -code goes"},
		{"-code cafe -amount 4.50 -out code.pdf", 2, "a code with an -amount is for one sale: want .png or .svg"},
		{"-code cafe -out code.gif", 2, "-out code.gif: want a name that ends in .png, .svg or .pdf"},
		{"-reason cake", 2, "-refund-id and -reason say more of a -refund"},
		{"-code cafe -refund-id 06h2rufegdpov85lojn5ve9qg0", 2, "-refund-id and -reason say more of a -refund"},
		{"-code cafe -refund 06h2rufegdpov85lojn5ve9qg0", 2, "give one of them"},
		{"-register -refund 06h2rufegdpov85lojn5ve9qg0", 2, "leave out -genkeys and -register"},
		{"-refund 0042", 2, `-refund: "0042" is not an identifier: want a UUIDv7`},
		{"-refund 06h2rufegdpov85lojn5ve9qg0 -refund-id again", 2, `-refund-id: "again" is not an identifier`},
		{"-keys bank.json -refund 06h2rufegdpov85lojn5ve9qg0", 1, "-gateway-keys: open gateway.jwks"},
		{"-refund 06h2rufegdpov85lojn5ve9qg0 -listen 127.0.0.1:0", 2, "-base is needed"},
		{"-code cafe -listen 127.0.0.1:0", 2, "-base is needed"},
		{"-register -listen 127.0.0.1:0", 2, "-base is needed"},
		{"now", 2, `"now" is not a flag`},
		{"-h", 0, "ACQUIRER_SALES"},
	} {
		status, out, stderr := acquirerProgram(t, strings.Fields(c.args)...)
		if status != c.status || !strings.Contains(stderr, c.says) || strings.Contains(stderr, "hunter2") || out != "" {
			t.Errorf("%s: status %d, %q, %q; want %d and %q", c.args, status, out, stderr, c.status, c.says)
		}
	}
	if _, err := os.Stat("acquirer.db"); err == nil {
		t.Error("a database was made")
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	s, err := flags{keys: filepath.Join(t.TempDir(), "bank.json")}.secrets()
	if text := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); err != nil || strings.Trim(text, "[]secrt ") != "" {
		t.Errorf("%q, %v", text, err)
	}
}
