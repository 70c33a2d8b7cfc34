// Superapp is a payment terminal for the command line: it reads the picture of a
// code, verifies the address in it before anything opens, shows the merchant page,
// and pays with the sandbox's wallets.
//
//	superapp -dev -codes codes.jwks -image code.png              on one machine, see examples/clearing
//	superapp -dev -codes codes.jwks -image code.png -pay blue    the same with nobody at the keyboard
//
// A person at the keyboard is asked to agree, and with which component to pay.
// Where nobody is, -pay names the component and stands for the consent to pay a
// total that the code fixes; goods and amounts want a person.
//
// The component that paid is remembered as the terminal's default. The next
// gateway is told of it: it preselects it, or instructs to use it, or neither, as
// its policy has it. In mode app the scanning app is a wallet that carries the
// component, in mode choose the terminal says nothing of itself.
//
// An address has to be signed with a key of -codes, and a gateway's has to be on
// the host of -gateway. Only -dev lets http on *.localhost pass. -ca believes the
// servers by other certificates than the system's.
//
// A code with an EMVCo payload, such as a PayNow or Pix code, is no address and
// opens nothing: what it says is printed, and that another app is needed to pay.
//
// It prints a line a step. A signal stops the payment before its next step. It
// exits with status 0 when the order is paid, 1 when it is not, and 2 for a
// command line that it does not understand.
package main

import (
	"context"
	"io"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/examples/internal/program"
)

func main() { program.Main(run) }

// run is the program. person answers questions; nil when there is nobody.
func run(ctx context.Context, args []string, person io.Reader, out, stderr io.Writer) (status int) {
	f, err := parse(args, stderr)
	if err != nil {
		return program.Misread(err)
	}
	return program.Steps(ctx, "superapp", f.json, out, stderr, func(ctx context.Context, p *console.Printer) error {
		return f.pay(ctx, console.NewHost(f.pays, f.agree(person), person, stderr), p, stderr)
	})
}
