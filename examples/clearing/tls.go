package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"

	"github.com/anyscan/anyscan/examples/internal/program"
)

// tlsFiles are PEM files.
type tlsFiles struct {
	Certificate string `json:"certificate,omitempty"`
	Key         string `json:"key,omitempty"`
	ClientCA    string `json:"client_ca,omitempty"`
	CA          string `json:"ca,omitempty"`
}

// security is what the files hold; nil is what was not named.
type security struct {
	own     *program.Renewed
	clients *x509.CertPool // who issues acquirers' client certificates
	servers *x509.CertPool // who issues the certificates of the servers that are called
}

// resolve makes paths from the configuration's folder of the names.
func (f *tlsFiles) resolve(c config) {
	for _, name := range []*string{&f.Certificate, &f.Key, &f.ClientCA, &f.CA} {
		*name = c.path(*name)
	}
}

func (p *problems) tls(c config) {
	f := c.TLS
	if f == nil {
		return
	}
	if (f.Certificate == "") != (f.Key == "") {
		p.add("/tls", "has one of certificate and key: want both, or neither where what stands in front ends TLS")
	}
	if f.ClientCA != "" && f.Certificate == "" {
		p.add("/tls/client_ca", "is for who ends TLS: want certificate and key too")
	}
}

// open reads the files; the log learns of renewed certificates.
func (f *tlsFiles) open(log *slog.Logger) (s security, err error) {
	if f == nil {
		return s, nil
	}
	if f.Certificate != "" {
		if s.own, err = program.OpenRenewed(f.Certificate, f.Key, log); err != nil {
			return s, fmt.Errorf("/tls: %w", err)
		}
	}
	if s.clients, err = authorities(f.ClientCA); err != nil {
		return s, fmt.Errorf("/tls/client_ca: %w", err)
	}
	if s.servers, err = authorities(f.CA); err != nil {
		return s, fmt.Errorf("/tls/ca: %w", err)
	}
	return s, nil
}

func authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	return program.Authorities(file)
}

// scheme is that of what listens.
func (s security) scheme() string {
	if s.own == nil {
		return "http"
	}
	return "https"
}

// serving is how HTTPS is served at the address base, nil for plain HTTP.
func (s security) serving(base string) (*tls.Config, error) {
	if s.own == nil {
		return nil, nil
	}
	c, err := program.ServerTLS(s.own, base, s.clients)
	if err != nil {
		return nil, fmt.Errorf("/tls/certificate: %w", err)
	}
	return c, nil
}
