package examples_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/verify"
)

// A code that was changed, or was never signed, is refused before anything
// opens. The refusal says why, for people and for programs.
func Example_illegalAddress() {
	ctx := context.Background()
	system, stop, err := inProcess(ctx, gateway.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()
	terminal, err := camera(system, &payer{}, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	good, err := system.Code(ctx, "cafe")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, address := range []string{
		strings.Replace(good, "acquirer", "acquired", 1),
		strings.Replace(good, "/m/cafe", "/m/busker", 1),
		system.Acquirer + "/m/cafe",
		"https://wallet.example@evil.example/m/cafe",
	} {
		_, err := terminal.Read(ctx, address)
		if stop, ok := errors.AsType[*scan.StepError](err); ok {
			fmt.Print(stop.Step)
		}
		if refused, ok := errors.AsType[*verify.RejectedError](err); ok {
			for _, r := range refused.Reasons {
				fmt.Print(" ", r.Code)
			}
		}
		fmt.Println()
	}
	// Output:
	// verify signature
	// verify signature
	// verify no_token
	// verify user_info
}
