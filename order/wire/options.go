package wire

import (
	"log/slog"
	"time"
)

// Options is how messages are signed and verified. A nil *Options means the
// defaults; so does each field's zero value.
type Options struct {
	// Now is the clock. Default: time.Now.
	Now func() time.Time
	// Window is how far a signature's time may be from now, before or after.
	// Default: 5 minutes.
	Window time.Duration
	// MaxBody is how many bytes of body are signed or verified at most.
	// Default: 1 MiB.
	MaxBody int64
	// TLSKeys are the keys that TLS client certificates may have to identify a
	// caller of [NewHandler] that does not sign. They are registered as keys of
	// signatures are and count for nothing else, nor do those count here. Default:
	// none.
	TLSKeys Keys
	// Logger learns why [NewHandler] turned a request away. Default: discard.
	Logger *slog.Logger
}

func (o *Options) now() time.Time {
	if o == nil || o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

func (o *Options) window() time.Duration {
	if o == nil || o.Window == 0 {
		return 5 * time.Minute
	}
	return o.Window
}

func (o *Options) maxBody() int64 {
	if o == nil || o.MaxBody == 0 {
		return 1 << 20
	}
	return o.MaxBody
}

func (o *Options) logger() *slog.Logger {
	if o == nil || o.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Logger
}
