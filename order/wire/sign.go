package wire

import (
	"crypto"
	"fmt"
	"io"
	"net/http"

	"github.com/anyscan/anyscan/internal/jwk"
	"github.com/anyscan/anyscan/order"
)

// Signer signs requests and responses with one key, by the algorithm that
// belongs to it. It is safe for concurrent use if its key is. It never prints its
// key.
type Signer struct {
	// A function keeps a private key in memory from fmt.
	signature func(message []byte) ([]byte, error)
	keyID     string
	o         *Options
	secret    bool                  // the key is a secret that a peer has too
	prefers   func() (Secret, bool) // nil: nothing
}

// NewSigner signs with the private key: ed25519, ecdsa-p256-sha256 or
// rsa-pss-sha512 (RFC 9421 section 3.3), whichever the key is for. It may live in
// a key store that a crypto.Signer reaches: an ECDSA key is asked to sign a
// SHA-256 hash and answers in ASN.1, an RSA key a SHA-512 hash with
// *rsa.PSSOptions, an Ed25519 key the message. It fails with [ErrKey] for a key
// whose public half [KeyID] does not take.
func NewSigner(key crypto.Signer, o *Options) (*Signer, error) {
	if key == nil {
		return nil, fmt.Errorf("%w: it is nil", ErrKey)
	}
	id, err := KeyID(key.Public())
	if err != nil {
		return nil, err
	}
	return &Signer{signature: func(message []byte) ([]byte, error) { return jwk.Sign(key, message) }, keyID: id, o: o}, nil
}

// SignRequest signs the request for its address: method, address, body, content
// type and idempotency key. A body needs a content type and may not have a
// content encoding. It reads the body, gives the request an equal one, and sets
// the headers Content-Digest, Signature-Input and Signature. What is covered
// must not be changed afterwards. [Transport] does this for every request.
//
// Errors are *[order.Error]: [order.CodeTooLarge] for a body above
// Options.MaxBody, [order.CodeInvalid] for a request that cannot be signed,
// [order.CodeUnavailable] when the body could not be read or the key did not
// sign.
func (s *Signer) SignRequest(req *http.Request) error {
	const op = "wire.SignRequest"
	target, err := sentTarget(req)
	if err != nil {
		return &order.Error{Code: order.CodeInvalid, Op: op, Detail: "the request cannot be signed", Err: err}
	}
	if err := checkCoding(req.Header); err != nil {
		return &order.Error{Code: order.CodeInvalid, Op: op, Detail: "the request cannot be signed", Err: err}
	}
	body, err := s.takeBody(req)
	if err != nil {
		return withOp(op, err)
	}
	if req.Header == nil {
		req.Header = http.Header{}
	}
	req.Header.Set(digestHeader, contentDigest(body))
	return withOp(op, s.sign(requestMessage(req, target), requestCovers(req.Header)))
}

// takeBody reads the body and gives the request one that can be sent again.
func (s *Signer) takeBody(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	defer req.Body.Close()
	body, err := readBody(req.Body, s.o.maxBody())
	if err != nil {
		return nil, err
	}
	req.Body, req.ContentLength = newBody(body), int64(len(body))
	req.GetBody = func() (io.ReadCloser, error) { return newBody(body), nil }
	return body, nil
}

// SignResponse signs the response with this status and body to a request that
// was signed: it sets the headers Content-Digest, Signature-Input and Signature
// in h. [NewHandler] does this for every response.
//
// Errors are *[order.Error]: [order.CodeInvalid] when the request carries no
// signature that could be answered, [order.CodeUnavailable] when the key did
// not sign.
func (s *Signer) SignResponse(h http.Header, status int, body []byte, req *http.Request) error {
	h.Set(digestHeader, contentDigest(body))
	return withOp("wire.SignResponse", s.sign(responseMessage(status, h, req), responseCovers()))
}

func (s *Signer) sign(m message, covered []component) error {
	s, err := s.current()
	if err != nil {
		return &order.Error{Code: order.CodeUnavailable, Detail: "the message could not be signed", Err: err}
	}
	in := input{covered, []param{
		{name: "created", num: s.o.now().Unix(), int: true},
		{name: "keyid", text: s.keyID},
		{name: "tag", text: tag},
	}}
	base, err := m.base(in)
	if err != nil {
		return &order.Error{Code: order.CodeInvalid, Detail: "the message cannot be signed", Err: err}
	}
	signature, err := s.signature([]byte(base))
	if err != nil {
		return &order.Error{Code: order.CodeUnavailable, Detail: "the message could not be signed", Err: err}
	}
	m.header.Set(inputHeader, label+"="+in.String())
	m.header.Set(signatureHeader, label+"="+byteSequence(signature))
	return nil
}
