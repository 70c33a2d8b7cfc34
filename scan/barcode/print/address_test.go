package print_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

func TestAddressTakesTheFewestModules(t *testing.T) {
	capitals := strings.Repeat("A2345BCD", 16) // a signature in a path
	for name, test := range map[string]struct{ address, want string }{
		"a path in capitals":    {"https://shop.example/C/" + capitals, "HTTPS://SHOP.EXAMPLE/C/" + capitals},
		"a port":                {"https://shop.example:8443/C/" + capitals[:120], "HTTPS://SHOP.EXAMPLE:8443/C/" + capitals[:120]},
		"a path in other case":  {"https://shop.example/c/" + strings.Repeat("a2345bcd", 16), "https://shop.example/c/" + strings.Repeat("a2345bcd", 16)},
		"an app's scheme":       {"weixin://wxpay.example/" + capitals[:122], "weixin://wxpay.example/" + capitals[:122]},
		"nothing is gained":     {"https://shop.example/c/x", "https://shop.example/c/x"},
		"letters of other kind": {"https://bücher.example/" + capitals, "https://bücher.example/" + capitals},
		"escapes in the host":   {"https://[fe80::1%25en0]/" + capitals, "https://[fe80::1%25en0]/" + capitals},
	} {
		code, err := print.Address(test.address, nil)
		if err != nil {
			t.Fatal(name, err)
		}
		if code.Text() != test.want {
			t.Errorf("%s: written as %s, want %s", name, code.Text(), test.want)
		}
		says(t, code, barcode.QR, test.want)
		if plain, err := print.QR(test.address, nil); err != nil || plain.Size().X < code.Size().X {
			t.Errorf("%s: %d modules, plain %d", name, code.Size().X, plain.Size().X)
		}
	}
}

func TestAddressRefusesWhatIsNone(t *testing.T) {
	for _, text := range []string{"", "TABLE-0042", "/c/7Q2M", "https://", "https:///c", "mailto:a@shop.example", "https://user@shop.example/", "https://shop.example/%zz"} {
		code, err := print.Address(text, nil)
		var refused *print.TextError
		if !errors.As(err, &refused) || code != nil {
			t.Errorf("%q: %v, want a *TextError", text, err)
		}
	}
}
