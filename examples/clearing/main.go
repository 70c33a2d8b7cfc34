// Clearing is a clearing institution with its unified payment gateway, from one
// configuration file, such as clearing.json in this folder:
//
//	base         public address, such as https://pay.example; in development it may
//	             be missing, and is http://gateway.localhost, https with tls, and the
//	             port of listen
//	listen       serve here: plain HTTP, for what ends TLS in front, or HTTPS with tls
//	tls          PEM files {certificate, key, client_ca, ca}, see below
//	proxies      how many reverse proxies stand in front; default 0
//	development  true lets everything be on this machine: http on *.localhost
//	db           SQLite file, or the address of a PostgreSQL database (password in PGPASSWORD)
//	policy       who determines the component: mode (choose, app, gateway or
//	             terminal) and default, the gateway's own component; or rules, the
//	             first that applies counts: a list of {name, when, offer, mode, default},
//	             as gateway.Rule describes them
//	directory    the acquirers, as clearing.ParseDirectory describes them: a file,
//	             which is followed while it changes, entry by entry, or
//	             {"acquirers": […]} itself
//	components   a list of {kind, name, title, color, provider, merchant, secret_env};
//	             the only kind is sandbox
//	keys         the names of environment variables: messages_env signs messages,
//	             codes_env merchants' codes; by version, tokens_env make the addresses
//	             on the gateway and webhooks_env the secrets of webhooks, if there are any
//	wallet       in development, a simulated wallet company {listen, ledger} in this
//	             process, for components without a provider
//
// Files are named from the folder of the configuration. Secrets are never in it:
// each variable that it names holds 32 random bytes in base64.
//
// One payment on one machine, in a shell, from the module's folder:
//
//	mkdir -p /tmp/town && go build -o /tmp/town ./examples/acquirer ./examples/clearing ./examples/superapp
//	cp examples/clearing/clearing.json /tmp/town && cd /tmp/town
//	./acquirer -keys bank.json -register > acquirers.json
//	eval "$(./clearing -genkeys)"
//	./clearing -publish .
//	./clearing & ./acquirer -keys bank.json &
//	./acquirer -keys bank.json -code cafe -out code.png
//	./superapp -dev -codes codes.jwks -image code.png
//	kill %1 %2
//
// # TLS
//
// With certificate and key the program serves HTTPS itself; others must not be
// able to use the key's file. With client_ca it asks for client certificates, and
// takes those that these certificates issued, or that stand there themselves. An
// acquirer that shows one need not sign what it asks: it is the one that has the
// certificate's key among its tls_keys in the directory. One that shows none signs.
// What the gateway tells an acquirer stays signed by both. With ca, servers that the
// gateway calls, those of acquirers and wallet companies, are believed by these
// certificates instead of the system's.
//
// A renewed certificate and its key are taken over within seconds, when both are
// there, fit each other and are in force; until then the old ones stay, and the log
// says why. client_ca and ca are read at the start: new ones need a new start, which
// loses nothing. After the commands above, in the same shell, a payment with
// certificates:
//
//	for n in gateway acquirer; do openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=$n \
//	  -addext subjectAltName=DNS:$n.localhost -addext basicConstraints=critical,CA:FALSE -keyout $n.key -out $n.pem; done
//	cat gateway.pem acquirer.pem > servers.pem
//	sed -i 's/^  "development"/  "tls": {"certificate": "gateway.pem", "key": "gateway.key", "client_ca": "acquirer.pem", "ca": "servers.pem"},\n&/' clearing.json
//	bank() { ./acquirer -keys bank.json -tls-cert acquirer.pem -tls-key acquirer.key -client-cert acquirer.pem -client-key acquirer.key \
//	  -ca gateway.pem -gateway https://gateway.localhost:8081 "$@"; }
//	bank -register > acquirers.json
//	./clearing & bank &
//	bank -code cafe -out code.png
//	./superapp -dev -ca servers.pem -codes codes.jwks -image code.png
//	kill %1 %2
//
// A signal to stop lets requests under way finish, for 10 seconds at most. It
// exits with status 0 then, 1 after an error, and 2 for a command line that it
// does not understand.
package main

import (
	"context"
	"io"
	"os"

	"github.com/anyscan/anyscan/examples/internal/program"
)

func main() { program.Main(run) }

// run is the program.
func run(ctx context.Context, args []string, _ io.Reader, out, stderr io.Writer) (status int) {
	f, err := parse(args, stderr)
	if err != nil {
		return program.Misread(err)
	}
	return program.Status(stderr, "clearing", f.do(ctx, out, stderr))
}

func (f flags) do(ctx context.Context, out, stderr io.Writer) error {
	c, err := readConfig(f.config)
	if err != nil {
		return err
	}
	f.override(&c)
	if err := c.check(f.config); err != nil {
		return err
	}
	switch {
	case f.genkeys:
		return c.generate(out)
	case f.publish != "":
		return c.publishIn(f.publish, os.LookupEnv)
	}
	return c.serve(ctx, out, stderr, os.LookupEnv)
}
