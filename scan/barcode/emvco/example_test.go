package emvco_test

import (
	"errors"
	"fmt"

	"github.com/anyscan/anyscan/scan/barcode/emvco"
)

// A code on a counter in Brazil says this. An app of its scheme takes its own
// account from it.
func ExampleParse() {
	p, err := emvco.Parse("00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p)
	fmt.Println("pay to", p.Value("26.01"))
	// Output:
	// "Fulano de Tal" in "BRASILIA", by 26 "br.gov.bcb.pix"
	// pay to 123e4567-e12b-12d1-a456-426655440000
}

// What is wrong has its kind: only a payload that was read whole, and breaks
// rules, is there to be looked at.
func ExampleParse_broken() {
	for _, text := range []string{
		"00020101021129370016A000000677010111011300668999999995802TH53037646304FE29",
		"00020101021129370016A000000677010111011300668999999996802TH53037646304FE29",
		"00020101021129370016A00000067701011101130066899",
	} {
		p, err := emvco.Parse(text)
		if _, ok := errors.AsType[*emvco.RulesError](err); ok {
			fmt.Println("account", p.Value("29.01"))
		}
		fmt.Println(err)
	}
	// Output:
	// account 0066899999999
	// emvco: 52 at 66: is missing; 59 at 66: is missing; 60 at 66: is missing
	// emvco: 63 at 66: the checksum is FE29, and CF0F would be right: the text was misread or changed
	// emvco: 29 at 12: wants 37 characters, and 31 are left
}

// Before anything is taken apart: is this a payload, and no address?
func ExampleRecognize() {
	fmt.Println(emvco.Recognize("00020101021129370016A0000006770101110113"), emvco.Recognize("https://tea.example/m/tea"))
	// Output: true false
}

// A merchant's code for one transaction.
func ExamplePayload_Text() {
	p := emvco.Payload{Objects: []emvco.Object{
		{ID: "01", Value: "12"},
		{ID: "26", Objects: []emvco.Object{{ID: "00", Value: "example.wallet"}, {ID: "01", Value: "teahouse"}}},
		{ID: "52", Value: "5812"},
		{ID: "53", Value: "156"},
		{ID: "54", Value: "25.00"},
		{ID: "58", Value: "CN"},
		{ID: "59", Value: "TEA HOUSE"},
		{ID: "60", Value: "BEIJING"},
		{ID: "62", Objects: []emvco.Object{{ID: "05", Value: "table 7"}}},
		{ID: "64", Objects: []emvco.Object{{ID: "00", Value: "ZH"}, {ID: "01", Value: "茶馆"}}},
	}}
	fmt.Println(p.Text())
	// Output: 00020101021226300014example.wallet0108teahouse520458125303156540525.005802CN5909TEA HOUSE6007BEIJING62110507table 764120002ZH0102茶馆63046D7E <nil>
}

// What a payer is asked for, in minor units.
func ExamplePayload_Minor() {
	p := emvco.Payload{Objects: []emvco.Object{{ID: "53", Value: "156"}, {ID: "54", Value: "23.7"}}}
	fmt.Println(p.Minor())
	// Output: 2370 CNY true
}

// A merchant takes cards of two networks, and PromptPay.
func ExamplePayload_Accounts() {
	p := emvco.Payload{Objects: []emvco.Object{
		{ID: "02", Value: "4000000000000002"},
		{ID: "15", Value: "3721000000000001"},
		{ID: "29", Objects: []emvco.Object{{ID: "00", Value: "A000000677010111"}, {ID: "01", Value: "0066899999999"}}},
	}}
	for _, a := range p.Accounts() {
		fmt.Println(a.ID, a.Scheme, p.Value(a.ID)+p.Value(a.ID+".01"))
	}
	// Output:
	// 02 Visa 4000000000000002
	// 15 UnionPay 3721000000000001
	// 29 A000000677010111 0066899999999
}

// An object is named by its path.
func ExamplePayload_Value() {
	p := emvco.Payload{Objects: []emvco.Object{
		{ID: "59", Value: "TEA HOUSE"},
		{ID: "62", Objects: []emvco.Object{{ID: "05", Value: "table 7"}}},
	}}
	fmt.Printf("%q %q %q\n", p.Value("59"), p.Value("62.05"), p.Value("62.01"))
	// Output: "TEA HOUSE" "table 7" ""
}

// A static code is printed once, and each payer enters the amount.
func ExamplePayload_Dynamic() {
	for _, initiation := range []string{"11", "12"} {
		p := emvco.Payload{Objects: []emvco.Object{{ID: "01", Value: initiation}}}
		fmt.Println(initiation, p.Dynamic())
	}
	// Output:
	// 11 false
	// 12 true
}

// For people and logs; what a stranger wrote is quoted.
func ExamplePayload_String() {
	fmt.Println(emvco.Payload{Objects: []emvco.Object{
		{ID: "15", Value: "3721000000000001"}, {ID: "53", Value: "156"}, {ID: "54", Value: "23.72"}, {ID: "59", Value: "TEA\x1b[2J"}, {ID: "60", Value: "BEIJING"},
	}})
	fmt.Println(emvco.Payload{Objects: []emvco.Object{{ID: "53", Value: "156"}, {ID: "54", Value: "23,72"}}})
	// Output:
	// "TEA\x1b[2J" in "BEIJING", 23.72 CNY, by 15 "UnionPay"
	// "23,72" of currency "156"
}

// The numbers of ISO 4217 stand in codes, people know the letters.
func ExampleCurrency() {
	fmt.Println(emvco.Currency("986"))
	// Output: BRL 2 true
}

// Each problem has its path, its place and what would be right.
func ExampleRulesError() {
	p := emvco.Payload{Objects: []emvco.Object{
		{ID: "26", Objects: []emvco.Object{{ID: "00", Value: "example.wallet"}}},
		{ID: "52", Value: "5812"}, {ID: "53", Value: "CNY"}, {ID: "54", Value: "25,00"}, {ID: "58", Value: "CN"}, {ID: "59", Value: "茶馆"},
	}}
	_, err := p.Text()
	if broken, ok := errors.AsType[*emvco.RulesError](err); ok {
		for _, problem := range broken.Problems {
			fmt.Println(problem)
		}
	}
	// Output:
	// 53 at 36: is "CNY": want digits
	// 54 at 43: is "25,00": want digits with at most one point, more than 0
	// 59 at 58: is "茶馆": want printable ASCII
	// 60 at 68: is missing
}

// A text that cannot be taken apart has one place where that shows.
func ExampleSyntaxError() {
	_, err := emvco.Parse("0002015802C")
	if broken, ok := errors.AsType[*emvco.SyntaxError](err); ok {
		fmt.Println(broken.Path, broken.Offset, broken.Detail)
	}
	// Output: 58 6 wants 2 characters, and 1 are left
}

// A digit of an amount was changed.
func ExampleChecksumError() {
	_, err := emvco.Parse("00020126180014example.wallet5204581253031565405915.05802CN5903TEA6007BEIJING6304AAAA")
	if changed, ok := errors.AsType[*emvco.ChecksumError](err); ok {
		fmt.Println(changed.Stated, changed.Computed)
	}
	// Output: AAAA 1FA2
}
