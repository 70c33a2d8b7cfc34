package examples_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/examples/internal/roles"
)

// A certificate that is renewed while the programs serve is what their next clients
// see: the old process shows it. The half of one changes nothing.
func TestProgramsShowRenewedCertificates(t *testing.T) {
	if testing.Short() {
		t.Skip("short: builds programs")
	}
	d := newDesktop(t, "acquirer", "clearing")
	d.certify("bankca", nil, authority)
	first := map[string]*x509.Certificate{
		"acquirer": d.certify("acquirer", nil, serving("acquirer.localhost")).certificate,
		"gateway":  d.certify("gateway", nil, serving("gateway.localhost")).certificate,
	}
	d.configureTLS()
	clearing := d.serve("clearing", 2, "-listen", "127.0.0.1:0")
	acquirer := d.serve("acquirer", 3, "-keys", "bank.json", "-listen", "127.0.0.1:0", "-tls-cert", "acquirer.pem", "-tls-key", "acquirer.key",
		"-ca", "gateway.pem", "-gateway", clearing.says["gateway"])
	servers := map[string]*server{"acquirer": acquirer, "gateway": clearing}

	for name, s := range servers {
		s.shows(name, first[name])
		d.replace(name+".pem", "-----BEGIN CERTIFICATE-----\nMII")
	}
	for name, s := range servers {
		s.showsUntil(name, func(c *x509.Certificate) bool {
			if c.SerialNumber.Cmp(first[name].SerialNumber) != 0 {
				t.Fatalf("%s shows serial %v of half a certificate", name, c.SerialNumber)
			}
			return strings.Contains(s.log.String(), "the old one stays")
		})
	}
	second := map[string]*x509.Certificate{}
	for name := range servers {
		second[name] = d.certify(name, nil, serving(name+".localhost")).certificate
	}
	for name, s := range servers {
		s.showsUntil(name, func(c *x509.Certificate) bool { return c.SerialNumber.Cmp(second[name].SerialNumber) == 0 })
		s.shows(name, second[name])
		s.logs("the certificate is new")
	}
	acquirer.stop()
	clearing.stop()
	d.safe(clearing.log.String() + acquirer.log.String())
}

// shows wants a new client that believes what is in NAME.pem alone to be served
// with the certificate.
func (s *server) shows(name string, want *x509.Certificate) {
	s.Helper()
	authorities, err := program.Authorities(s.file(name + ".pem"))
	if err != nil {
		s.Fatal(err)
	}
	answer := s.ask(name, program.ClientTLS(authorities, nil))
	if got := answer.TLS.PeerCertificates[0]; got.SerialNumber.Cmp(want.SerialNumber) != 0 {
		s.Errorf("%s shows serial %v, want %v", name, got.SerialNumber, want.SerialNumber)
	}
}

// showsUntil has new clients look at the certificate until one is content.
func (s *server) showsUntil(name string, content func(*x509.Certificate) bool) {
	s.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-tick.C {
		if content(s.ask(name, &tls.Config{InsecureSkipVerify: true}).TLS.PeerCertificates[0]) {
			return
		}
	}
	s.Fatalf("%s shows no other certificate:\n%s", name, s.log)
}

// ask is one request on a connection of its own.
func (s *server) ask(name string, client *tls.Config) *http.Response {
	s.Helper()
	pool := roles.Localhost()
	defer pool.CloseIdleConnections()
	pool.TLSClientConfig = client
	answer, err := (&http.Client{Transport: pool, Timeout: 20 * time.Second}).Get(s.says[name] + "/v1/openapi.json")
	if err != nil {
		s.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		s.Errorf("%s answers %s", name, answer.Status)
	}
	return answer
}
