package scan_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

// The specification's own example, with a name in Chinese, off a picture.
func TestAPayloadIsReadOffAPicture(t *testing.T) {
	const text = "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A0112233449988770708123456786304A13A"
	code, err := print.QR(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	payer, err := terminal(&servers{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = payer.Scan(t.Context(), code.Image())
	p, ok := errors.AsType[*scan.PayloadError](err)
	if !ok || p.Text != text || p.Err != nil || p.Payload.Value("64.01") != "最佳运输" {
		t.Errorf("%v, want a *scan.PayloadError with the payload", err)
	}
}

// The three things that the error can say.
func ExamplePayloadError() {
	payer, err := terminal(&servers{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{
		"00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D",
		"00020101021129370016A000000677010111011300668999999995802TH53037646304FE29",
		"00020101021129370016A0000006770101110113006689",
	} {
		_, err := payer.Read(context.Background(), text)
		if p, ok := errors.AsType[*scan.PayloadError](err); ok {
			fmt.Println(p)
			fmt.Println("→ pay to", p.Payload.Value("26.01")+p.Payload.Value("29.01"))
		}
	}
	// Output:
	// the code is an EMVCo payment payload, not an address: "Fulano de Tal" in "BRASILIA", by 26 "br.gov.bcb.pix": it is for an app of its scheme
	// → pay to 123e4567-e12b-12d1-a456-426655440000
	// the code is an EMVCo payment payload, not an address, and breaks the specification: by 29 "A000000677010111": emvco: 52 at 66: is missing; 59 at 66: is missing; 60 at 66: is missing
	// → pay to 0066899999999
	// the code begins like an EMVCo payment payload, not like an address, and is damaged: emvco: 29 at 12: wants 37 characters, and 30 are left
	// → pay to
}
