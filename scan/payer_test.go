package scan_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/barcode/print"
	"github.com/anyscan/anyscan/scan/scantest"
	"github.com/anyscan/anyscan/verify"
)

// direct builds a terminal that calls both servers as Go values.
func direct(t *testing.T, s scantest.Setup) scan.Terminal {
	t.Helper()
	p, err := scan.New(scan.Peers{Codes: s.Codes, Gateways: s.Gateways, Storefront: s.First, Cashier: s.Second, Host: s.Host}, &s.Options)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTerminalKit(t *testing.T) { scantest.Run(t, direct) }

func TestNewNamesTheMissingPeer(t *testing.T) {
	_, err := scan.New(scan.Peers{}, nil)
	if err == nil || err.Error() != "scan: Peers.Codes is missing" {
		t.Errorf("err = %v", err)
	}
}

func TestEveryStepIsReportedWithItsError(t *testing.T) {
	var steps []scan.Step
	var last error
	scantest.Run(t, func(t *testing.T, s scantest.Setup) scan.Terminal {
		steps, last = nil, nil
		s.Options.OnStep = func(_ context.Context, r scan.Report) {
			if last != nil {
				t.Errorf("step %s was reported after the error %v", r.Step, last)
			}
			if r.Detail == "" && r.Err == nil {
				t.Errorf("step %s has no detail", r.Step)
			}
			steps, last = append(steps, r.Step), r.Err
		}
		return direct(t, s)
	})
}

// A picture with two legal codes is no payment: the terminal says whose they are.
func TestTwoCodesInOnePicture(t *testing.T) {
	codes, err := verify.Hosts([]string{"pay.teahouse.example", "pay.bakery.example"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	peers := scan.Peers{Codes: codes, Gateways: codes, Storefront: struct{ order.Storefront }{}, Cashier: struct{ gateway.Cashier }{}, Host: struct{ scan.Host }{}}
	terminal, err := scan.New(peers, nil)
	if err != nil {
		t.Fatal(err)
	}
	counter := image.NewGray(image.Rect(0, 0, 700, 350))
	draw.Draw(counter, counter.Rect, image.White, image.Point{}, draw.Src)
	for i, address := range []string{"https://pay.teahouse.example/m/1", "https://pay.bakery.example/m/1"} {
		code, err := print.QR(address, &print.Options{Scale: 6})
		if err != nil {
			t.Fatal(err)
		}
		draw.Draw(counter, code.Image().Bounds().Add(image.Pt(20+340*i, 20)), code.Image(), image.Point{}, draw.Src)
	}
	_, err = terminal.Scan(t.Context(), counter)
	stop, ok := errors.AsType[*scan.StepError](err)
	if !ok || stop.Step != scan.StepVerify || !strings.Contains(err.Error(), "pay.teahouse.example") || !strings.Contains(err.Error(), "pay.bakery.example") {
		t.Errorf("the terminal says %v; want that two codes are in view, and whose", err)
	}
}

func ExampleStepError() {
	codes, err := verify.Hosts([]string{"pay.teahouse.example"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	// An illegal address reaches no peer, so that stand-ins will do here.
	peers := scan.Peers{Codes: codes, Gateways: codes, Storefront: struct{ order.Storefront }{}, Cashier: struct{ gateway.Cashier }{}, Host: struct{ scan.Host }{}}
	terminal, err := scan.New(peers, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = terminal.Read(context.Background(), "https://pay.teahouse.example.evil.example/m/1")
	if stop, ok := errors.AsType[*scan.StepError](err); ok {
		fmt.Println("stopped at", stop.Step)
	}
	_, err = terminal.Scan(context.Background(), image.NewGray(image.Rect(0, 0, 40, 40)))
	if stop, ok := errors.AsType[*scan.StepError](err); ok {
		fmt.Println("stopped at", stop.Step)
	}
	// Output:
	// stopped at verify
	// stopped at scan
}
