package examples_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/examples/internal/roles"
)

// issuer makes certificates of throw-away keys.
type issuer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// certify writes NAME.pem and NAME.key: a certificate by the issuer, or by itself
// when that is nil.
func (d *desktop) certify(name string, by *issuer, change func(*x509.Certificate)) *issuer {
	d.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		d.Fatal(err)
	}
	own := &issuer{&x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true}, key}
	if change != nil {
		change(own.certificate)
	}
	if by == nil {
		by = own
	}
	der, err := x509.CreateCertificate(rand.Reader, own.certificate, by.certificate, key.Public(), by.key)
	if err != nil {
		d.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		d.Fatal(err)
	}
	d.replace(name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	d.replace(name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	return own
}

func authority(c *x509.Certificate) { c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign }

func serving(name string) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.DNSNames = []string{name} }
}

// fails runs a program that ends with status 1, and gives what it says.
func (d *desktop) fails(program string, args ...string) (stderr string) {
	d.Helper()
	var out, text strings.Builder
	cmd := d.command(d.Context(), program, args...)
	cmd.Stdout, cmd.Stderr = &out, &text
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != 1 || out.Len() > 0 {
		d.Errorf("%s %q: %v, prints %q\n%s\nwant status 1", program, args, err, out.String(), text.String())
	}
	return text.String()
}

// safe wants no private key, and no other secret, in what was printed.
func (d *desktop) safe(text string) {
	d.Helper()
	keys, err := filepath.Glob(d.file("*.key"))
	if err != nil || len(keys) == 0 {
		d.Fatalf("there are the keys %v, %v", keys, err)
	}
	for _, file := range keys {
		raw, err := os.ReadFile(file)
		if err != nil {
			d.Fatal(err)
		}
		block, _ := pem.Decode(raw)
		if body := strings.Split(string(pem.EncodeToMemory(block)), "\n")[1]; strings.Contains(text, body) {
			d.Errorf("%s is printed: %s", file, text)
		}
	}
	for _, variable := range d.env {
		name, value, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "GATEWAY_") && strings.Contains(text, value) {
			d.Errorf("%s is printed: %s", name, text)
		}
	}
}

// The programs take a payment over HTTPS that they serve themselves, and the
// acquirer is who its client certificate says. A certificate that nobody
// registered, that another authority issued, and a server that the acquirer has no
// reason to believe are refused, and the reason is told.
func TestProgramsKnowEachOtherByCertificates(t *testing.T) {
	if testing.Short() {
		t.Skip("short: builds programs")
	}
	d := newDesktop(t, "acquirer", "clearing", "superapp")
	bankCA := d.certify("bankca", nil, authority)
	d.certify("bank", bankCA, serving("acquirer.localhost"))
	d.certify("unknown", bankCA, nil)
	d.certify("stranger", nil, nil)
	d.certify("twin", nil, func(c *x509.Certificate) { c.Subject.CommonName = "bankca" }) // names the same issuer
	d.certify("gateway", nil, serving("gateway.localhost"))
	d.configureTLS()

	clearing := d.serve("clearing", 2, "-listen", "127.0.0.1:0")
	common := []string{"-keys", "bank.json", "-gateway", clearing.says["gateway"], "-ca", "gateway.pem", "-tls-cert", "bank.pem", "-tls-key", "bank.key"}
	shows := func(certificate, key string) []string {
		return []string{"-client-cert", certificate, "-client-key", key}
	}
	certified := slices.Concat(common, shows("bank.pem", "bank.key"))
	acquirer := d.serve("acquirer", 3, slices.Concat(certified, []string{"-listen", "127.0.0.1:0"})...)
	for name, address := range map[string]string{"gateway": clearing.says["gateway"], "acquirer": acquirer.says["acquirer"]} {
		if !strings.HasPrefix(address, "https://"+name+".localhost:") {
			t.Errorf("%s is at %s", name, address)
		}
	}
	base := []string{"-base", acquirer.says["acquirer"]}
	d.replace("acquirers.json", d.run("acquirer", slices.Concat(certified, base, []string{"-register"})...))
	clearing.logs(`of="1 acquirers of acquirers.json"`)

	// The secrets of other.json are nobody's, so it is the certificate that counts.
	d.run("acquirer", slices.Concat(certified, base, []string{"-keys", "other.json", "-code", "cafe", "-out", "counter.png"})...)
	paid := d.run("superapp", "-dev", "-ca", "servers.pem", "-codes", "codes.jwks", "-wallet", clearing.says["wallet"],
		"-settings", "terminal.json", "-pay", "green", "-image", "counter.png")
	if !strings.Contains(paid, "paid  25.00 CNY  by green") {
		t.Errorf("%s\nwant it paid", paid)
	}

	with := func(name string) []string { return slices.Concat(common, shows(name+".pem", name+".key")) }
	for _, c := range []struct {
		name  string
		args  []string
		wants []string
	}{
		{"another authority's", with("stranger"), []string{"takes no client certificate", "CN=stranger"}},
		{"another authority of the name", with("twin"), []string{"tls: ", "certificate"}},
		{"another server", slices.Concat(certified, []string{"-ca", "bank.pem"}), []string{"failed to verify certificate", "unknown authority"}},
		{"the key of another", slices.Concat(common, shows("bank.pem", "gateway.key")), []string{"-client-cert: gateway.key: ", "bank.pem"}},
	} {
		stderr := d.fails("acquirer", slices.Concat(c.args, base, []string{"-code", "cafe", "-out", "no.png"})...)
		for _, want := range c.wants {
			if !strings.Contains(stderr, want) {
				t.Errorf("%s: %s\nwant %q", c.name, stderr, want)
			}
		}
		d.safe(stderr)
	}
	clearing.isNobody(nil, "signature-input")
	unknown, err := tls.LoadX509KeyPair(d.file("unknown.pem"), d.file("unknown.key"))
	if err != nil {
		t.Fatal(err)
	}
	clearing.isNobody(&unknown, "no acquirer has the key")
	acquirer.stop()
	clearing.stop()
	d.safe(clearing.log.String() + acquirer.log.String())
	if _, err := os.Stat(d.file("no.png")); err == nil {
		t.Error("a code was issued")
	}
}

// configureTLS writes the example's configuration with certificates in it.
func (d *desktop) configureTLS() {
	d.Helper()
	d.configure()
	read := func(name string) string {
		raw, err := os.ReadFile(d.file(name))
		if err != nil {
			d.Fatal(err)
		}
		return string(raw)
	}
	d.replace("servers.pem", read("bankca.pem")+read("gateway.pem"))
	d.replace("clearing.json", strings.Replace(read("clearing.json"), `"development"`,
		`"tls": {"certificate": "gateway.pem", "key": "gateway.key", "client_ca": "bankca.pem", "ca": "servers.pem"}, "development"`, 1))
}

// isNobody wants the gateway to serve who shows this certificate, or none, but to
// believe nothing of who does not sign, and to log why.
func (g *server) isNobody(certificate *tls.Certificate, why string) {
	g.Helper()
	authorities, err := program.Authorities(g.file("gateway.pem"))
	if err != nil {
		g.Fatal(err)
	}
	pool := roles.Localhost()
	defer pool.CloseIdleConnections()
	pool.TLSClientConfig = program.ClientTLS(authorities, certificate)
	answer, err := (&http.Client{Transport: pool, Timeout: 20 * time.Second}).Get(g.says["gateway"] + "/v1/orders/x")
	if err != nil {
		g.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		g.Errorf("%s, want 401", answer.Status)
	}
	g.logs(why)
}
