package print_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"image"
	"log"
	"strings"
	"time"

	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/print"
	"github.com/anyscan/anyscan/verify"
)

// A code for a merchant's counter: a file to print, and what a terminal will
// read from it.
func ExampleQR() {
	code, err := print.QR("https://shop.example/c/7Q2M?v=AQx0", &print.Options{Level: print.LevelQ})
	if err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := code.PNG(&file); err != nil {
		log.Fatal(err)
	}

	img, err := barcode.ReadImage(context.Background(), &file, nil)
	if err != nil {
		log.Fatal(err)
	}
	symbols, err := barcode.Decode(context.Background(), img, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(img.Bounds().Size(), symbols[0].Text)
	// Output: (328,328) https://shop.example/c/7Q2M?v=AQx0
}

// Code 128 is for short plain text.
func ExampleCode128() {
	code, err := print.Code128("TABLE-0042", nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(code.Image().Bounds().Size())

	_, err = print.Code128("https://shop.example/c/7Q2M?v=AQx0&n=4711", nil)
	fmt.Println(err)
	// Output:
	// (616,128)
	// print: Code 128: the text has 41 bytes; at most 40 ASCII characters are printed
}

// In a terminal the code is black on white, whatever the terminal's colours are.
// Here the colours are taken away and the border is shown as dots.
func ExampleCode_Terminal() {
	code, err := print.QR("anyscan", nil)
	if err != nil {
		log.Fatal(err)
	}
	var out bytes.Buffer
	if err := code.Terminal(&out); err != nil {
		log.Fatal(err)
	}
	plain := strings.NewReplacer("\x1b[38;5;16;48;5;231m", "", "\x1b[0m", "", " ", "·")
	fmt.Print(plain.Replace(out.String()))
	// Output:
	// ·····························
	// ·····························
	// ····█▀▀▀▀▀█···█▄··█▀▀▀▀▀█····
	// ····█·███·█·█▄▀█▀·█·███·█····
	// ····█·▀▀▀·█·██▄▄▀·█·▀▀▀·█····
	// ····▀▀▀▀▀▀▀·█·█·▀·▀▀▀▀▀▀▀····
	// ····█▄█▀██▀▄·█▄█▄▄██▀█▀·▄····
	// ·····▀·▀▀▄▀▄▀▀█▄█▄██▄▄▄█·····
	// ····▀··▀▀▀▀▀█·▀·█··▄█▀··▄····
	// ····█▀▀▀▀▀█·▄·▄▀·▀···███▄····
	// ····█·███·█·█▀▄█▄█▄█▄▀▄▀·····
	// ····█·▀▀▀·█·▀·▄▄█▄█·▄█▄······
	// ····▀▀▀▀▀▀▀·▀·▀·▀··▀···▀·····
	// ·····························
	// ·····························
}

// A sticker for a merchant's counter, 50 mm wide: the file for the printer, and
// how wide it may be made at least.
func ExampleCode_SVG() {
	address := "https://shop.example/c/7Q2M?v=AQx0"
	code, err := print.QR(address, &print.Options{Use: print.UsePaper, Millimetres: 50})
	if err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := code.SVG(&file); err != nil {
		log.Fatal(err)
	}
	head, _, _ := strings.Cut(file.String(), " shape-rendering")
	fmt.Println(head)

	_, err = print.QR(address, &print.Options{Use: print.UsePaper, Millimetres: 5})
	fmt.Println(err)
	// Output:
	// <svg xmlns="http://www.w3.org/2000/svg" width="50mm" height="50mm" viewBox="0 0 41 41"
	// print: Options.Millimetres: is 5; this code has 41 modules with its border, 10.25 to 2000 are possible
}

// The code of a counter with its signature in the path: in capitals it is smaller,
// and the same address for whoever verifies it.
func ExampleAddress() {
	page, err := verify.Parse("https://shop.example/C/7Q2M/", nil)
	if err != nil {
		log.Fatal(err)
	}
	key := ed25519.NewKeyFromSeed([]byte("an example's seed is no secret.."))
	signed, err := verify.Sign(key, page, verify.Claims{Expires: time.Date(2027, 12, 1, 0, 0, 0, 0, time.UTC), InPath: true})
	if err != nil {
		log.Fatal(err)
	}
	plain, err := print.QR(signed.String(), &print.Options{Use: print.UsePaper})
	if err != nil {
		log.Fatal(err)
	}
	code, err := print.Address(signed.String(), &print.Options{Use: print.UsePaper})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(plain.Size(), plain.Text()[:28])
	fmt.Println(code.Size(), code.Text()[:28])
	scanned, err := verify.Parse(code.Text(), nil)
	fmt.Println(scanned == signed, err)
	// Output:
	// (61,61) https://shop.example/C/7Q2M/
	// (57,57) HTTPS://SHOP.EXAMPLE/C/7Q2M/
	// true <nil>
}

// A code with the merchant's picture in its middle.
func ExampleCode_Logo() {
	cup := image.NewGray(image.Rect(0, 0, 64, 64)) // a file of the merchant's
	code, err := print.QR("https://shop.example/c/7Q2M?v=AQx0", &print.Options{Logo: cup})
	if err != nil {
		log.Fatal(err)
	}
	_, at := code.Logo()
	fmt.Println("modules", code.Size(), "hidden", at)

	_, err = print.QR("https://shop.example/c/7Q2M?v=AQx0", &print.Options{Logo: cup, Use: print.UsePaper})
	fmt.Println(err)
	// Output:
	// modules (41,41) hidden (18,18)-(23,23)
	// print: Options.Logo: hides more than level "Q" makes good: leave Use and Level empty
}
