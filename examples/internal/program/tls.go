package program

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"runtime"
	"strings"
	"time"
)

const maxPEM = 1 << 20 // bytes of a file

// Certificate reads a certificate, with those that lead to its authority after
// it, and its private key, both PEM. The error names the file that is wrong, and
// holds nothing of the key. A key that others can use, and a certificate that is
// not in force, are refused: no peer would take it.
func Certificate(chain, key string) (tls.Certificate, error) {
	return certificateAt(chain, key, time.Now())
}

func certificateAt(chain, key string, now time.Time) (tls.Certificate, error) {
	all, text, err := certificates(chain)
	if err != nil {
		return tls.Certificate{}, err
	}
	if err := inForce(all[0], now); err != nil {
		return tls.Certificate{}, fmt.Errorf("%s: %w", chain, err)
	}
	secret, err := readSmall(key, checkKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	defer clear(secret)
	pair, err := tls.X509KeyPair(text, secret)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%s: %w: want the private key of %s, PEM and not encrypted", key, err, chain)
	}
	return pair, nil
}

// Authorities reads the certificates that others are believed by, PEM: those of
// authorities, or of the peers themselves. The error names the file.
func Authorities(file string) (*x509.CertPool, error) {
	all, _, err := certificates(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	for _, c := range all {
		pool.AddCert(c)
	}
	return pool, nil
}

// ServerTLS is how the server at the address base serves HTTPS. With clients, it
// asks for a certificate: who shows one has to be known by these, and who shows
// none has to sign. own is used for no other address then, and renewed ones have
// to be for this one too.
func ServerTLS(own *Renewed, base string, clients *x509.CertPool) (*tls.Config, error) {
	at, err := url.Parse(base)
	if err != nil || at.Scheme != "https" {
		return nil, fmt.Errorf("the public address is %.100q: want https, which is served here", base)
	}
	if err := own.pair.Load().Leaf.VerifyHostname(at.Hostname()); err != nil {
		return nil, fmt.Errorf("the public address is %s: %w", base, err)
	}
	own.host = at.Hostname()
	c := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: own.current}
	if clients != nil {
		c.ClientCAs, c.ClientAuth = clients, tls.VerifyClientCertIfGiven
	}
	return c, nil
}

// ClientTLS is how servers are called that one of the authorities knows; nil are
// the system's. own is shown to the server that asks for a certificate; without
// one, nil, none is. A server that takes none of its issuer is a *NotTakenError.
func ClientTLS(authorities *x509.CertPool, own *tls.Certificate) *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: authorities}
	if own != nil {
		c.GetClientCertificate = func(asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			if err := asked.SupportsCertificate(own); err != nil {
				return nil, &NotTakenError{own.Leaf.Issuer.String(), err}
			}
			return own, nil
		}
	}
	return c
}

// NotTakenError is a client certificate that the server does not ask for: a
// request without it would come from nobody.
type NotTakenError struct {
	Issuer string
	Err    error
}

// Error names the issuer.
func (e *NotTakenError) Error() string {
	return fmt.Sprintf("the server takes no client certificate that %q issued: %v", e.Issuer, e.Err)
}

// Unwrap is why.
func (e *NotTakenError) Unwrap() error { return e.Err }

// certificates are those of a file, one or more, and its text.
func certificates(file string) (all []*x509.Certificate, text []byte, err error) {
	if text, err = readSmall(file, nil); err != nil {
		return nil, nil, err
	}
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, nil, fmt.Errorf("%s holds a %.40q: want certificates alone", file, strings.ToLower(block.Type))
		}
		one, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: certificate %d: %w", file, len(all)+1, err)
		}
		all = append(all, one)
	}
	if n := bytes.Count(text, []byte("-----BEGIN ")); n > len(all) { // the decoder passes over what is not whole
		return nil, nil, fmt.Errorf("%s: %d of %d certificates are cut off or damaged", file, n-len(all), n)
	}
	if len(all) == 0 {
		return nil, nil, fmt.Errorf("%s holds no certificate: want PEM, which has a line -----BEGIN CERTIFICATE-----", file)
	}
	return all, text, nil
}

func inForce(c *x509.Certificate, now time.Time) error {
	if now.Before(c.NotBefore) || now.After(c.NotAfter) {
		return fmt.Errorf("the certificate is in force from %s to %s, and now it is %s",
			c.NotBefore.UTC().Format(time.RFC3339), c.NotAfter.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	return nil
}

// checkKey refuses a private key that others can read or change. A group may read
// it, as that of a server often does.
func checkKey(info os.FileInfo) error {
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o027 != 0 {
		return fmt.Errorf("can be used by others (%v): chmod 600, and have a new one made if it was read", info.Mode().Perm())
	}
	return nil
}

// readSmall reads a whole file that passes the check, nil passing all. The error
// names it.
func readSmall(file string, check func(os.FileInfo) error) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && check != nil {
		err = check(info)
	}
	var raw []byte
	if err == nil {
		raw, err = io.ReadAll(io.LimitReader(f, maxPEM+1))
	}
	if err == nil && len(raw) > maxPEM {
		err = errors.New("is larger than 1 MiB")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return raw, nil
}
