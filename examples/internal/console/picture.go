package console

import (
	"context"
	"fmt"
	"image"
	"os"

	"github.com/anyscan/anyscan/scan/barcode"
)

// ReadPicture reads a PNG, JPEG, WebP or GIF file. Opening a pipe would wait for who
// knows whom, so it wants a regular file.
func ReadPicture(ctx context.Context, file string) (image.Image, error) {
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file with a picture", file)
	}
	if err != nil {
		return nil, err
	}
	r, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return barcode.ReadImage(ctx, r, nil)
}
