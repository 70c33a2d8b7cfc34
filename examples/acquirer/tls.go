package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/order/wire"
)

// tlsFiles are PEM files, "" for those that are not used.
type tlsFiles struct {
	cert, key             string // of the server
	clientCert, clientKey string
	ca                    string
}

func (f *tlsFiles) define(set *flag.FlagSet) {
	set.StringVar(&f.cert, "tls-cert", "", "serve HTTPS with the certificate in this PEM `FILE`, and within seconds with a renewed one there")
	set.StringVar(&f.key, "tls-key", "", "its private key, a PEM `FILE` that others cannot use")
	set.StringVar(&f.clientCert, "client-cert", "", "show the gateway the client certificate in this PEM `FILE` instead of signing what it is asked; like -ca, it is read at the start alone")
	set.StringVar(&f.clientKey, "client-key", "", "its private key, a PEM `FILE` that others cannot use")
	set.StringVar(&f.ca, "ca", "", "believe the gateway's TLS certificate by those in this PEM `FILE` instead of the system's")
}

func (f tlsFiles) check(gateway string) error {
	switch {
	case (f.cert == "") != (f.key == ""):
		return errors.New("-tls-cert and -tls-key belong together: give both")
	case (f.clientCert == "") != (f.clientKey == ""):
		return errors.New("-client-cert and -client-key belong together: give both")
	case f.clientCert != "" && !strings.HasPrefix(gateway, "https://"):
		return fmt.Errorf("-gateway %q: want https, over which -client-cert is shown", gateway)
	}
	return nil
}

// scheme is that of what listens.
func (f tlsFiles) scheme() string {
	if f.cert == "" {
		return "http"
	}
	return "https"
}

// open makes of the files how the server serves, and how it reaches the gateway:
// this machine's alone in development.
func (f tlsFiles) open(parts *roles.Acquirer, development bool) error {
	if f.cert != "" {
		own, err := program.OpenRenewed(f.cert, f.key, parts.Options.Logger)
		if err == nil {
			parts.TLS, err = program.ServerTLS(own, parts.Base, nil)
		}
		if err != nil {
			return fmt.Errorf("-tls-cert: %w", err)
		}
	}
	client, err := f.client()
	if err != nil {
		return err
	}
	pool := wire.NewPool(nil)
	if development {
		pool = roles.Localhost()
	}
	pool.TLSClientConfig = client
	parts.HTTP, parts.Certified = pool, f.clientCert != ""
	return nil
}

// client is how the gateway is called.
func (f tlsFiles) client() (*tls.Config, error) {
	var authorities *x509.CertPool
	var own *tls.Certificate
	if f.ca != "" {
		var err error
		if authorities, err = program.Authorities(f.ca); err != nil {
			return nil, fmt.Errorf("-ca: %w", err)
		}
	}
	if f.clientCert != "" {
		pair, err := program.Certificate(f.clientCert, f.clientKey)
		if err != nil {
			return nil, fmt.Errorf("-client-cert: %w", err)
		}
		own = &pair
	}
	return program.ClientTLS(authorities, own), nil
}

// clientKeys are a JWK Set of the client certificate's public key, by which the
// clearing institution knows whose it is; nothing where there is none.
func (f tlsFiles) clientKeys() ([]byte, error) {
	if f.clientCert == "" {
		return nil, nil
	}
	own, err := program.Certificate(f.clientCert, f.clientKey)
	if err != nil {
		return nil, fmt.Errorf("-client-cert: %w", err)
	}
	jwks, err := wire.FormatKeySet(wire.Key{Public: own.Leaf.PublicKey})
	if err != nil {
		return nil, fmt.Errorf("-client-cert: %s: %w", f.clientCert, err)
	}
	return jwks, nil
}
