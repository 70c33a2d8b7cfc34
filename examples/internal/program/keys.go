package program

import (
	"fmt"
	"io"
	"os"

	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/verify"
)

const maxKeys = 1 << 20 // bytes of a file with keys

// ReadKeys reads the public keys of a file, a JWK Set. The error names the file.
func ReadKeys(file string) ([]wire.Key, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxKeys))
	if err != nil {
		return nil, err
	}
	keys, err := wire.ParseKeySet(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return keys, nil
}

// CodePolicy accepts the codes that were signed with one of the keys, each while
// it is in force. Only development lets http on *.localhost pass.
func CodePolicy(keys []wire.Key, development bool) (*verify.Policy, error) {
	var own []verify.Key
	for _, k := range keys {
		own = append(own, verify.Key{Public: k.Public, NotBefore: k.NotBefore, NotAfter: k.NotAfter})
	}
	signature, err := verify.NewSignature(own, nil)
	if err != nil {
		return nil, err
	}
	return verify.Any([]verify.Method{signature}, &verify.Options{Development: development})
}
