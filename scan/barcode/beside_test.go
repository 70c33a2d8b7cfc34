package barcode

import (
	"context"
	"errors"
	"image"
	"testing"
)

// A decoder that looks up no more holds nobody.
func TestBesideEndsWithItsContext(t *testing.T) {
	ctx, end := context.WithCancelCause(t.Context())
	turned := errors.New("the camera was turned away")
	free := make(chan bool)
	defer close(free)
	_, err := beside(ctx, func() (image.Image, error) {
		end(turned)
		<-free
		return nil, nil
	})
	if !errors.Is(err, turned) {
		t.Errorf("got %v, want the context's cause", err)
	}
}

// A decoder that panics ends no program.
func TestBesideSurvivesADecoder(t *testing.T) {
	_, err := beside(t.Context(), func() (image.Image, error) { panic("index out of range") })
	if want := "barcode: the file is damaged: its decoder gave up: index out of range"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
