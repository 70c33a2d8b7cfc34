package program

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// secretSize is the length in bytes of every secret: 256 random bits, as
// "openssl rand -base64 32" writes them. An Ed25519 key is made of one.
const secretSize = 32

// Lookup finds the text of a secret by the name of its environment variable, as
// os.LookupEnv does.
type Lookup func(name string) (text string, there bool)

// Kept finds secrets in a file of the owner's, JSON of names and texts, instead of
// the environment. It is made at first use, with new secrets of these names.
func Kept(file string, names []string) (Lookup, error) {
	kept := map[string]string{}
	raw, err := OwnFile(file, func() ([]byte, error) {
		for _, name := range names {
			kept[name] = text(NewSecret())
		}
		return json.MarshalIndent(kept, "", "  ")
	})
	if err != nil {
		return nil, err
	}
	clear(kept)
	if json.Unmarshal(raw, &kept) != nil { // whose error may tell what was read
		return nil, fmt.Errorf("%s does not hold keys, remove it to get new ones: want JSON of names and texts", file)
	}
	return func(name string) (string, bool) { text, there := kept[name]; return text, there }, nil
}

// Secrets reads secrets by name, so that one run tells of every one that is
// missing. The zero value is not usable.
type Secrets struct {
	lookup Lookup
	errs   []error
}

// NewSecrets reads secrets with lookup.
func NewSecrets(lookup Lookup) *Secrets { return &Secrets{lookup: lookup} }

// Read is the secret in the variable, 32 bytes, or nothing after an error, which
// [Secrets.Err] then tells. what says whose it is, such as "/keys/codes_env".
func (s *Secrets) Read(what, name string) []byte {
	value, there := s.lookup(name)
	raw, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(value))
	switch {
	case name == "":
		s.add("%s names no secret", what)
	case !there || value == "":
		s.add("%s: %s is not set", what, name)
	case err != nil || len(raw) != secretSize:
		s.add("%s: %s does not hold 32 bytes in base64", what, name)
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

// Err tells of every secret that could not be read, and what would be right.
func (s *Secrets) Err() error {
	if len(s.errs) == 0 {
		return nil
	}
	want := errors.New(`a secret is 32 random bytes in base64, as "openssl rand -base64 32" writes them; -genkeys makes all`)
	return errors.Join(append(slices.Clip(s.errs), want)...)
}

// Export writes a line of shell for each name that sets it to a new secret, for
// development: eval "$(… -genkeys)".
func Export(out io.Writer, names []string) error {
	for _, name := range names {
		if _, err := fmt.Fprintf(out, "export %s=%s\n", name, text(NewSecret())); err != nil {
			return err
		}
	}
	return nil
}

// text is how a secret is written.
func text(secret []byte) string { return base64.StdEncoding.EncodeToString(secret) }

// NewSecret is 32 random bytes.
func NewSecret() []byte {
	b := make([]byte, secretSize)
	rand.Read(b)
	return b
}
