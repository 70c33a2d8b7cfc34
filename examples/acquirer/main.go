// Acquirer is the backend of two shops that has kept its sales in a table of its
// own for years, and now takes payments by code. The library joins it in four
// places, and the rest stays as it was:
//
//	OnChange  books a payment in the table sales, and a refund in the table refunds,
//	          in the very transaction that records it (books.go, books_refund.go)
//	ServeMux  the merchants' pages stand beside the backend's own /sales (serve.go)
//	-code     issues codes for the shops through the clearing institution (code.go)
//	-refund   gives money of an order back, through it too (refund.go)
//
// It issues no code and takes no order before the clearing institution has its
// entry and it has the clearing institution's public keys; the documentation of
// examples/clearing has the commands, from both sides:
//
//	acquirer -keys bank.json -register > acquirers.json    who it is, for the clearing institution
//	acquirer -keys bank.json                               serve, until a signal
//	acquirer -keys bank.json -code cafe -out sheet.pdf     a code for a year, through the gateway, on a sheet
//	acquirer -keys bank.json -code books -amount 25.00     a code for one sale, for minutes
//	acquirer -keys bank.json -refund ORDER -amount 5.00    give money back; without -amount all that is left
//
// -refund works on the store of the server, which may be running. It names the order
// as /sales does, and prints the refund's ID, its state and what is left of the
// payment. Mostly the state is pending: the server hears how it ended and books it,
// and until then /sales takes nothing off the sale. The ID is printed before the
// gateway is asked: after a lost answer or a crash the same command with -refund-id
// goes on with that refund, where without it would be another. What is kept and not
// answered, the server goes on with by itself.
//
// Its secrets are ACQUIRER_KEY, with which it signs, ACQUIRER_FORMS, which makes
// the forms of its pages idempotent, and ACQUIRER_SALES, the password of /sales,
// each 32 random bytes in base64: in the environment, or with -keys in a file that
// its owner alone can use, made at first use.
//
// With -tls-cert and -tls-key it serves HTTPS itself. Renewed files are taken over
// within seconds, once both are there, fit each other and are in force; until then
// the old ones stay, and the log says why. With -client-cert and -client-key it
// shows the gateway a client certificate instead of signing what it asks, believes
// the answers by the gateway's own, and -register tells the key of the certificate
// too; what the gateway tells is signed by both, as ever. -ca believes the gateway
// by other certificates than the system's. The client certificate and -ca are read
// at the start: renewed ones need a new start, also where the server's certificate
// is the client's too. The documentation of examples/clearing has the commands for
// all that.
//
// A signal to stop lets requests under way finish, for 10 seconds at most. It
// exits with status 0 then, 1 after an error, and 2 for a command line that it
// does not understand.
package main

import (
	"context"
	"io"

	"github.com/anyscan/anyscan/examples/internal/program"
)

func main() { program.Main(run) }

// run is the program.
func run(ctx context.Context, args []string, _ io.Reader, out, stderr io.Writer) (status int) {
	f, err := parse(args, stderr)
	if err != nil {
		return program.Misread(err)
	}
	switch {
	case f.genkeys:
		err = program.Export(out, secretNames())
	case f.register:
		err = f.printEntry(out)
	case f.refund != "":
		err = f.giveBack(ctx, out, stderr)
	case f.code != "":
		err = f.issue(ctx, out, stderr)
	default:
		err = f.serve(ctx, out, stderr)
	}
	return program.Status(stderr, "acquirer", err)
}
