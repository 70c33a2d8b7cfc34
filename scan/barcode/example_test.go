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

// A camera sees the same code in frame after frame; it is reported once.
func ExampleStream_Next() {
	stream, err := barcode.NewStream(nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"testdata/qr.png", "testdata/qr.png", "testdata/stripes.png", "testdata/qr-utf8.png"} {
		symbols, err := stream.Next(context.Background(), open(name))
		if err != nil {
			log.Fatal(err)
		}
		for _, s := range symbols {
			fmt.Println(s.Format, s.Text)
		}
	}
	// Output:
	// QR https://shop.example/c/7Q2M?v=AQx0
	// QR https://例え.example/☕
}

// open is a frame that was kept in a file.
func open(name string) image.Image {
	file, err := os.Open(name)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	img, err := barcode.ReadImage(context.Background(), file, nil)
	if err != nil {
		log.Fatal(err)
	}
	return img
}

func ExampleNewStream() {
	_, err := barcode.NewStream(&barcode.Options{Formats: []barcode.Format{"EAN-13"}})
	fmt.Println(err)
	// Output: barcode: format "EAN-13" is not read; "QR" and "Code 128" are
}
