package program

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// certified writes a certificate that issued itself and its key, and gives their
// paths.
func certified(t *testing.T, name string, change func(*x509.Certificate)) (certificate, key string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name + ".example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	if change != nil {
		change(c)
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, public, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, name+".pem", "CERTIFICATE", der), written(t, name+".key", "PRIVATE KEY", secret)
}

func written(t *testing.T, name, kind string, content []byte) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// What is wrong with a certificate or its key is told with the file, and nothing
// of a key with it.
func TestCertificatesThatCannotBeUsedAreNamed(t *testing.T) {
	good, key := certified(t, "good", nil)
	_, other := certified(t, "other", nil)
	old, oldKey := certified(t, "old", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	later, laterKey := certified(t, "later", func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) })
	empty := written(t, "empty.pem", "PARAMETERS", nil)
	text := filepath.Join(t.TempDir(), "text.pem")
	large := filepath.Join(t.TempDir(), "large.pem")
	cut := filepath.Join(t.TempDir(), "cut.pem")
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{text: "hunter2", large: strings.Repeat("hunter2\n", maxPEM/8+1),
		cut: string(whole) + string(whole[:len(whole)/2])} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ certificate, key, file, says string }{
		{good, key, "", ""},
		{good + ".missing", key, good + ".missing", "no such file"},
		{good, key + ".missing", key + ".missing", "no such file"},
		{text, key, text, "holds no certificate"},
		{large, key, large, "larger than 1 MiB"},
		{cut, key, cut, "1 of 2 certificates are cut off"},
		{empty, key, empty, `holds a "parameters"`},
		{key, good, key, `holds a "private key": want certificates alone`},
		{written(t, "bad.pem", "CERTIFICATE", []byte("hunter2")), key, "bad.pem", "certificate 1: x509"},
		{old, oldKey, old, "in force from "},
		{later, laterKey, later, "in force from "},
		{good, other, other, "want the private key of " + good},
		{good, good, good, "want the private key of "},
		{good, text, text, "want the private key of "},
		{good, written(t, "locked.key", "ENCRYPTED PRIVATE KEY", []byte("hunter2")), "locked.key", "not encrypted"},
	} {
		pair, err := Certificate(c.certificate, c.key)
		if c.says == "" {
			if err != nil || pair.Leaf == nil {
				t.Errorf("a good one: %v", err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.file) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s with %s: %v\nwant the file %s and %q", c.certificate, c.key, err, c.file, c.says)
		}
	}
	for _, file := range []string{key, text, empty, cut, good + ".missing"} {
		if _, err := Authorities(file); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%v; want an error that names %s", err, file)
		}
	}
}

// A key that others can read is no secret; its group may read it.
func TestAKeyThatOthersCanUseIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no such permissions")
	}
	certificate, key := certified(t, "good", nil)
	for mode, taken := range map[os.FileMode]bool{0o400: true, 0o600: true, 0o640: true, 0o644: false, 0o620: false, 0o602: false, 0o601: false} {
		if err := os.Chmod(key, mode); err != nil {
			t.Fatal(err)
		}
		_, err := Certificate(certificate, key)
		if (err == nil) != taken || err != nil && (!strings.Contains(err.Error(), key) || !strings.Contains(err.Error(), "can be used by others")) {
			t.Errorf("%v: %v, want it taken: %t", mode, err, taken)
		}
	}
}

// A server does not begin with a certificate that no client would take for its
// address.
func TestTheCertificateIsForTheAddress(t *testing.T) {
	certificate, key := certified(t, "good", nil)
	own, err := OpenRenewed(certificate, key, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for base, says := range map[string]string{
		"https://good.example": "", "https://good.example:8443": "",
		"https://other.example": "other.example", "http://good.example": "want https", "%": "want https",
	} {
		c, err := ServerTLS(own, base, nil)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", base, err, says)
		}
		if err == nil && (c.ClientAuth != tls.NoClientCert || c.MinVersion < tls.VersionTLS12) {
			t.Errorf("%s: asks for certificates, or takes old versions", base)
		}
	}
	pool, err := Authorities(certificate)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := ServerTLS(own, "https://good.example", pool); err != nil || c.ClientAuth != tls.VerifyClientCertIfGiven || !pool.Equal(c.ClientCAs) {
		t.Errorf("%+v, %v; want certificates of the authorities asked for", c, err)
	}
}
