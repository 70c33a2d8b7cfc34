package sheet_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/anyscan/anyscan/scan/barcode/print"
	"github.com/anyscan/anyscan/scan/barcode/print/sheet"
)

// A merchant's sheet, ready for the printer.
func ExampleA6() {
	code, err := print.Address("https://acquirer.example/m/cafe?v=AQx0", &print.Options{Use: print.UsePaper})
	if err != nil {
		log.Fatal(err)
	}
	s, err := sheet.A6(code, sheet.Content{Headline: "Scan with any app", Merchant: "Café Größe", Notes: []string{"Till 7"}})
	if err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := s.PDF(&file); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.7s %v\n", file.String(), s.Image().Bounds().Size())

	_, err = sheet.A6(code, sheet.Content{Merchant: "老茶馆"})
	fmt.Println(err)
	// Output:
	// %PDF-1. (1240,1748)
	// sheet: Content.Merchant: has '老' (U+8001), which no font here has: give one that does in Fonts
}
