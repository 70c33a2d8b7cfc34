// Clearing is a clearing institution with its unified payment gateway, from one
// configuration file, such as clearing.json in this folder:
//
//	base         public address, such as https://pay.example; in development it may
//	             be missing, and is http://gateway.localhost with the port of listen
//	listen       serve plain HTTP here; what ends TLS for the base stands in front
//	proxies      how many reverse proxies stand in front; default 0
//	development  true lets everything be on this machine: http on *.localhost
//	db           SQLite file, or the address of a PostgreSQL database (password in PGPASSWORD)
//	policy       who determines the component: mode (choose, app, gateway or
//	             terminal) and default, the gateway's own component
//	directory    the acquirers, as clearing.ParseDirectory describes them: a file,
//	             which is followed while it changes, or {"acquirers": […]} itself
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
//	mkdir /tmp/town && go build -o /tmp/town ./examples/acquirer ./examples/clearing ./examples/superapp
//	cp examples/clearing/clearing.json /tmp/town && cd /tmp/town
//	./acquirer -keys bank.json -register > acquirers.json
//	eval "$(./clearing -genkeys)"
//	./clearing -publish .
//	./clearing & ./acquirer -keys bank.json &
//	./acquirer -keys bank.json -code cafe -out code.png
//	./superapp -dev -codes codes.jwks -image code.png
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
