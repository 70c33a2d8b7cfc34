package wire

import (
	"net/http"
	"slices"
)

// NewSecretSigner signs with a secret that the two peers share: hmac-sha256 (RFC
// 9421 section 3.3.3), which costs far less than the others. The peer verifies
// with the same secret among its [Keys], and answers with it, so the secret
// belongs among the keys of a [Transport] with this signer too. It fails with
// [ErrKey] for a secret of less than 32 bytes.
//
// With one secret both sides sign, so each could be shown its own messages. None
// of them passes in another place: no request for a response, nor for a request
// to another address, and no answer of a server for one of its peer.
func NewSecretSigner(secret Secret, o *Options) (*Signer, error) {
	id, err := KeyID(secret)
	if err != nil {
		return nil, err
	}
	return secretSigner(secret, id, o), nil
}

func secretSigner(secret Secret, id string, o *Options) *Signer {
	return &Signer{signature: func(message []byte) ([]byte, error) { return secret.HMAC(message), nil }, keyID: id, o: o, secret: true}
}

// PreferSecret is a signer that signs each message with the secret that shared
// finds for it, as [NewSecretSigner] does, and with the key of s while there is
// none. It is for a peer whose keys come and go, such as one of
// clearing.Directory. shared is called for every message; it answers at once and
// is safe for concurrent use.
func (s *Signer) PreferSecret(shared func() (secret Secret, ok bool)) *Signer {
	preferring := *s
	preferring.prefers = shared
	return &preferring
}

// current is what signs now. The error is [ErrKey].
func (s *Signer) current() (*Signer, error) {
	if s.prefers == nil {
		return s, nil
	}
	if secret, ok := s.prefers(); ok {
		return NewSecretSigner(secret, s.o)
	}
	return s, nil
}

// signerFor answers who was verified, with the secret that it used, if it was one.
// Whatever the keys say by now: that is the secret which the caller has.
func (h *handler) signerFor(c claim) *Signer {
	if secret, ok := c.pub.(Secret); ok {
		return secretSigner(secret, c.keyID(), h.o)
	}
	return h.signer
}

// refuser signs a refusal of the request, nil if nobody may. A secret only signs
// for whoever has it and meant this server: else a message that its own sender is
// given back would be answered, by the sender's server, in the peer's name.
func (h *handler) refuser(r *http.Request, c claim) *Signer {
	if h.isFrom(r, c) {
		return h.signerFor(c)
	}
	if s, err := h.signer.current(); err == nil && !s.secret {
		return s
	}
	return nil
}

// isFrom reports whether the holder of the secret of the claim made the request
// for this very server, whatever else is wrong with it: its time, or its body.
func (h *handler) isFrom(r *http.Request, c claim) bool {
	if _, ok := c.pub.(Secret); !ok {
		return false
	}
	target, err := receivedTarget(r)
	if err != nil || c.covers(requestCovers(r.Header)) != nil || !slices.Contains(c.params, param{name: "tag", text: tag}) {
		return false
	}
	base, err := requestMessage(r, h.base+target).base(c.input)
	return err == nil && checkSignature(c.pub, base, c.signature) == nil
}
