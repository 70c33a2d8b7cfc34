package domaindb

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/anyscan/anyscan/internal/jwk"
	"github.com/anyscan/anyscan/verify"
)

// install makes a file of what r gives, proves it, and puts it in the place of the
// one at path. Until then nothing there has changed.
func (d *Database) install(ctx context.Context, r io.Reader, now time.Time) (*File, error) {
	temporary, err := os.CreateTemp(filepath.Dir(d.path), ".domains-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(temporary.Name()) // of no effect once it is renamed
	defer temporary.Close()
	body := &contextReader{ctx, io.LimitReader(r, d.options.MaxBytes+1)}
	n, err := io.Copy(temporary, body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("domaindb: receiving a file: %w", err)
	case n > d.options.MaxBytes:
		return nil, &FileError{d.path, fmt.Errorf("would have more than %d bytes, the most that is taken", d.options.MaxBytes)}
	}
	f, err := d.prove(temporary, n, now)
	if err != nil {
		return nil, &FileError{d.path, fmt.Errorf("stays as it was: the new file %w", err)}
	}
	if current := d.current.Load(); current != nil && f == current.file {
		return f, nil
	}
	return f, d.replace(temporary)
}

// prove opens the new file where all of it is as it should be. It is the current one
// where that has come again, as it does when a feed begins anew.
func (d *Database) prove(temporary *os.File, n int64, now time.Time) (*File, error) {
	f, err := OpenFile(temporary.Name())
	if err != nil {
		if bad, ok := errors.AsType[*FileError](err); ok {
			return nil, bad.Err
		}
		return nil, err
	}
	if err := d.proveSignature(temporary, f.signed(), n, now); err != nil {
		return nil, err
	}
	if !now.Before(f.info().FreshUntil) {
		return nil, fmt.Errorf("was fresh until %v", f.info().FreshUntil)
	}
	if current := d.current.Load(); current != nil && f.version <= current.file.version {
		if f.equal(current.file) {
			return current.file, nil
		}
		return nil, fmt.Errorf("has the version %d, and %d is installed", f.version, current.file.version)
	}
	return f, f.check()
}

func (d *Database) proveSignature(file io.ReaderAt, signed, n int64, now time.Time) error {
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(file, 0, signed)); err != nil {
		return err
	}
	trailer := make([]byte, n-signed)
	if _, err := file.ReadAt(trailer, signed); err != nil {
		return err
	}
	size := binary.LittleEndian.Uint16(trailer[thumbprintSize:])
	signature := trailer[trailerSize:]
	if int(size) != len(signature) {
		return errors.New("has a damaged trailer")
	}
	for _, k := range d.keys {
		if id, err := thumbprint(k.Public); err != nil || string(id) != string(trailer[:thumbprintSize]) {
			continue
		}
		switch {
		case now.Before(k.NotBefore) || !k.NotAfter.IsZero() && !now.Before(k.NotAfter):
			return errors.New("was signed with a key that is not in force")
		case !jwk.Verify(k.Public, message(sum.Sum(nil)), signature):
			return errors.New("is not what was signed")
		}
		return nil
	}
	return errors.New("was signed with an unknown key")
}

// replace makes the new file durable before it takes the old one's name.
func (d *Database) replace(temporary *os.File) error {
	if err := temporary.Chmod(0o644); err != nil {
		return err
	}
	if err := temporary.Sync(); err != nil {
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	if err := os.Rename(temporary.Name(), d.path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(d.path))
	if err != nil {
		return nil // where directories are no files, a rename is all there is
	}
	defer dir.Close()
	_ = dir.Sync() // the old name or the new one: both are whole files
	return nil
}

func thumbprint(public crypto.PublicKey) ([]byte, error) {
	id, err := jwk.ID(public)
	if err != nil {
		return nil, err
	}
	return base64.RawURLEncoding.DecodeString(id)
}

func checkKeys(keys []verify.Key) error {
	if len(keys) == 0 {
		return errors.New("domaindb: no key is given: at least one is needed")
	}
	for i, k := range keys {
		if err := jwk.Check(k.Public); err != nil {
			return fmt.Errorf("domaindb: key %d is %w", i, err)
		}
		if _, secret := k.Public.(jwk.Secret); secret {
			return fmt.Errorf("domaindb: key %d is a shared secret", i)
		}
	}
	return nil
}

// contextReader stops reading when its context ends.
type contextReader struct {
	ctx context.Context
	io.Reader
}

func (r *contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
