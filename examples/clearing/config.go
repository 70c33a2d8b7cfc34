package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// config is the configuration file; the package comment says what it means.
type config struct {
	Base        string          `json:"base,omitempty"`
	Listen      string          `json:"listen"`
	TLS         *tlsFiles       `json:"tls,omitempty"`
	Proxies     int             `json:"proxies,omitempty"`
	Development bool            `json:"development,omitempty"`
	DB          string          `json:"db"`
	Policy      gateway.Policy  `json:"policy,omitzero"`
	Directory   json.RawMessage `json:"directory"` // a string, or an object
	Components  []account       `json:"components"`
	Keys        keys            `json:"keys"`
	Wallet      *wallet         `json:"wallet,omitempty"`

	dir    string // of the file
	secure security
}

// account is one with the sandbox's wallet company: a component.
type account struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Title     string `json:"title"`
	Color     string `json:"color,omitempty"`
	Provider  string `json:"provider,omitempty"` // address of the company; "" is the simulated one
	Merchant  string `json:"merchant"`
	SecretEnv string `json:"secret_env"`
}

// keys are names of environment variables.
type keys struct {
	Messages string            `json:"messages_env"`
	Codes    string            `json:"codes_env"`
	Tokens   map[string]string `json:"tokens_env"` // by version
	Webhooks map[string]string `json:"webhooks_env,omitempty"`
}

// wallet is the simulated wallet company.
type wallet struct {
	Listen string `json:"listen"`
	Ledger string `json:"ledger"`
}

// maxConfig is the most bytes of a configuration file with its directory.
const maxConfig = 16 << 20

// readConfig reads the file. Names of files in it become paths from its folder.
func readConfig(file string) (c config, err error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return c, fmt.Errorf("-config: %w: examples/clearing/clearing.json is one to begin with", err)
	}
	if err != nil {
		return c, fmt.Errorf("-config: %w", err)
	}
	defer f.Close()
	err = parseConfig(f, &c)
	if bad, ok := errors.AsType[*order.Error](err); ok {
		return c, &order.Error{Code: bad.Code, Op: file, Detail: "the configuration is not valid", Problems: bad.Problems}
	}
	if err != nil {
		return c, fmt.Errorf("-config: %w", err)
	}
	c.dir = filepath.Dir(file)
	c.DB = c.path(c.DB)
	if c.TLS != nil {
		c.TLS.resolve(c)
	}
	if c.Wallet != nil {
		c.Wallet.Ledger = c.path(c.Wallet.Ledger)
	}
	return c, nil
}

// parseConfig is as strict as with a request: what it does not know, and what
// stands twice, may be a setting that somebody counts on. The error is an
// *order.Error with every problem.
func parseConfig(f io.ReadCloser, c *config) error {
	return wire.Decode(&http.Request{Header: http.Header{"Content-Type": {"application/json"}}, Body: f}, maxConfig, c)
}

// path is a name in the file, from the folder of the file.
func (c config) path(name string) string {
	if name == "" || filepath.IsAbs(name) || program.IsDSN(name) {
		return name
	}
	return filepath.Join(c.dir, name)
}
