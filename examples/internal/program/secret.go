package program

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

// secretSize is the length in bytes of every secret: 256 random bits, as
// "openssl rand -base64 32" writes them. An Ed25519 key is made of one.
const secretSize = 32

// Secrets are the secrets of a program's environment. They are read by name, so
// that one run tells of every one that is missing. The zero value is not usable.
type Secrets struct {
	lookup func(name string) (string, bool)
	errs   []error
}

// NewSecrets reads secrets with lookup, such as os.LookupEnv.
func NewSecrets(lookup func(name string) (string, bool)) *Secrets { return &Secrets{lookup: lookup} }

// Read is the secret in the variable, 32 bytes, or nothing after an error, which
// [Secrets.Err] then tells. what says whose it is, such as "/keys/codes_env".
func (s *Secrets) Read(what, name string) []byte {
	text, there := s.lookup(name)
	raw, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(text))
	switch {
	case name == "":
		s.add("%s names no environment variable", what)
	case !there || text == "":
		s.add(`%s: the environment variable %s is not set: want 32 random bytes in base64, as "openssl rand -base64 32" writes them (-genkeys makes all)`, what, name)
	case err != nil || len(raw) != secretSize:
		s.add(`%s: the environment variable %s does not hold 32 bytes in base64, as "openssl rand -base64 32" writes them`, what, name)
	default:
		return raw
	}
	return nil
}

// Key is the Ed25519 key made of the secret in the variable, or nil after an
// error, as [Secrets.Read] has it.
func (s *Secrets) Key(what, name string) ed25519.PrivateKey {
	if seed := s.Read(what, name); seed != nil {
		return ed25519.NewKeyFromSeed(seed)
	}
	return nil
}

func (s *Secrets) add(format string, args ...any) {
	s.errs = append(s.errs, fmt.Errorf(format, args...))
}

// Err tells of every secret that could not be read.
func (s *Secrets) Err() error { return errors.Join(s.errs...) }

// Export writes a line of shell for each name that sets it to a new secret, for
// development: eval "$(… -genkeys)".
func Export(out io.Writer, names []string) error {
	for _, name := range names {
		if _, err := fmt.Fprintf(out, "export %s=%s\n", name, base64.StdEncoding.EncodeToString(NewSecret())); err != nil {
			return err
		}
	}
	return nil
}

// NewSecret is 32 random bytes.
func NewSecret() []byte {
	b := make([]byte, secretSize)
	rand.Read(b)
	return b
}
