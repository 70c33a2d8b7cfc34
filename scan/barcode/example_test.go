package barcode_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"log"
	"os"

	"github.com/anyscan/anyscan/scan/barcode"
)

// A file that a user picked: check it, read the picture, read the code.
func Example() {
	ctx := context.Background()
	file, err := os.Open("testdata/qr-photo.jpg")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()

	img, err := barcode.ReadImage(ctx, file, nil)
	if err != nil {
		log.Fatal(err)
	}
	symbols, err := barcode.Decode(ctx, img, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(symbols[0].Format, symbols[0].Text)
	// Output: QR https://shop.example/c/7Q2M?v=AQx0
}

// A camera frame usually holds no code: that is an error of its own, so that a
// terminal goes on to the next frame and stops at every other error.
func ExampleDecode() {
	frame := image.NewGray(image.Rect(0, 0, 640, 480))
	_, err := barcode.Decode(context.Background(), frame, &barcode.Options{
		Formats: []barcode.Format{barcode.QR},
	})
	if nothing, ok := errors.AsType[*barcode.NotFoundError](err); ok {
		fmt.Println("next frame:", nothing)
	}
	// Output: next frame: barcode: no code in a picture of 640×480 pixels; looked for QR
}

// A server that takes files from strangers allows less than the defaults.
func ExampleReadImage() {
	upload := bytes.NewReader([]byte("%PDF-1.7"))
	_, err := barcode.ReadImage(context.Background(), upload, &barcode.Options{
		MaxPixels: 4_000_000,
		MaxBytes:  2 << 20,
	})
	fmt.Println(err)
	// Output: barcode: the file is not PNG, JPEG, WebP or GIF
}

// A terminal reads frame after frame: it keeps a Reader for its memory, and does
// not dwell on a frame, since the next one comes.
func ExampleReader_Decode() {
	var reader barcode.Reader
	frame := image.NewGray(image.Rect(0, 0, 640, 480))
	_, err := reader.Decode(context.Background(), frame, &barcode.Options{Effort: barcode.Frame})
	fmt.Println(err)
	// Output: barcode: no code in a picture of 640×480 pixels; looked for QR, Code 128
}
