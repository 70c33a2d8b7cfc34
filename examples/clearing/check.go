package main

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/order"
)

// problems are what is wrong with a configuration, each with its path.
type problems []order.Problem

func (p *problems) add(path, format string, args ...any) {
	*p = append(*p, order.Problem{Path: path, Detail: fmt.Sprintf(format, args...)})
}

// check tells everything that this program asks of its configuration beyond what
// the library does.
func (c config) check(file string) error {
	var p problems
	p.listen("/listen", c.Listen)
	if c.Base == "" && !c.Development {
		p.add("/base", "is missing: want the public address, such as https://pay.example")
	}
	if err := program.CheckDB(c.DB); err != nil {
		p.add("/db", "%s", strings.TrimPrefix(err.Error(), "-db "))
	}
	for _, problem := range c.Policy.Check(c.named) {
		p.add("/policy"+problem.Path, "%s", problem.Detail)
	}
	if c.Directory == nil || string(c.Directory) == "null" {
		p.add("/directory", "is missing: want the name of a file, or {\"acquirers\": []}")
	}
	if c.Wallet != nil {
		p.listen("/wallet/listen", c.Wallet.Listen)
		if !c.Development {
			p.add("/wallet", "simulates payments: want development true, or no wallet")
		}
	}
	p.tls(c)
	p.accounts(c)
	p.keys(c.Keys)
	if len(p) == 0 {
		return nil
	}
	return &order.Error{Code: order.CodeInvalid, Op: file, Detail: "the configuration is not valid", Problems: p}
}

// named reports whether one of the components has the name.
func (c config) named(name string) bool {
	return slices.ContainsFunc(c.Components, func(a account) bool { return a.Name == name })
}

func (p *problems) listen(path, address string) {
	if _, _, err := net.SplitHostPort(address); err != nil {
		p.add(path, "is %.100q: want a host and a port, such as 127.0.0.1:8081", address)
	}
}

func (p *problems) accounts(c config) {
	secretOf := map[string]string{} // by the company's name for the merchant
	for i, a := range c.Components {
		at := fmt.Sprintf("/components/%d", i)
		if other, again := secretOf[a.Merchant]; again && other != a.SecretEnv && a.Provider == "" {
			p.add(at+"/merchant", "has another secret above: one merchant of the simulated company has one")
		}
		if a.Provider == "" {
			secretOf[a.Merchant] = a.SecretEnv
		}
		if a.Kind != "sandbox" {
			p.add(at+"/kind", "is %.40q: want sandbox, the only kind so far", a.Kind)
		}
		if a.Provider == "" && c.Wallet == nil {
			p.add(at+"/provider", "is missing: want the company's address, or a wallet that simulates it")
		}
		p.variable(at+"/secret_env", a.SecretEnv)
	}
}

// keys wants a variable of its own for each purpose.
func (p *problems) keys(k keys) {
	at := map[string]string{"/keys/messages_env": k.Messages, "/keys/codes_env": k.Codes}
	for purpose, names := range map[string]map[string]string{"/keys/tokens_env/": k.Tokens, "/keys/webhooks_env/": k.Webhooks} {
		for version, name := range names {
			at[purpose+version] = name
			if n, err := strconv.Atoi(version); err != nil || n < 1 || strconv.Itoa(n) != version {
				p.add(purpose+version, "is no version: they count from 1")
			}
		}
	}
	if len(k.Tokens) == 0 {
		p.add("/keys/tokens_env", "is empty: want a version, such as {\"1\": \"GATEWAY_TOKENS_1\"}")
	}
	purposes := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(at)) {
		p.variable(path, at[path])
		if other, again := purposes[at[path]]; again {
			p.add(path, "is the variable of %s too: each purpose has its own secret", other)
		}
		purposes[at[path]] = path
	}
}

// variable wants a name that a shell exports.
func (p *problems) variable(path, name string) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
	if name == "" || len(name) > 128 || strings.Trim(name, letters+"0123456789") != "" || !strings.ContainsAny(name[:1], letters) {
		// What stands here may be the secret itself, so it is not told.
		p.add(path, "is not the name of an environment variable: want one such as GATEWAY_KEY, which holds the secret")
	}
}
