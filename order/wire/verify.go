package wire

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/order"
)

// VerifyRequest checks that a request was signed for this server by one of the
// keys, and returns the identifier of that key. Base is the public address of
// the server, such as "https://gateway.example", with the path in front if a
// proxy takes one away. The signature is checked before the body is read; the
// request then has an equal body, so that a handler can read it. It vouches for
// the method, the address, the body and the headers Content-Type and
// Idempotency-Key: nothing else of the request may decide what is answered.
//
// Errors are *[order.Error]: [order.CodeUnauthenticated] with a
// *[SignatureError] as its cause, whose text is in the detail if the request names
// one of the keys, also for a body above Options.MaxBody, which
// is not what was signed as far as anybody can tell, [order.CodeUnavailable]
// when keys or the body could not be had, [order.CodeInternal] for a base that
// is no address. The request is not to be acted on after any of them, and none
// of them decides anything about what was asked.
//
// A signature of a known key that does not verify is compared with up to six
// mistakes that peers make, so that the error can name one: that is up to seven
// verifications more, for every such request. [NewHandler] does so once a second
// for each key; who calls this for strangers limits how often they ask.
func VerifyRequest(r *http.Request, base string, keys Keys, o *Options) (keyID string, err error) {
	c, err := verifyRequest(r, base, keys, o, func(string) bool { return true })
	if err != nil {
		return "", err
	}
	return c.keyID(), nil
}

// verifyRequest is VerifyRequest, which guesses at mistakes if it may for the key.
// Beside an error, the claim is what the request says, if it names a known key.
func verifyRequest(r *http.Request, base string, keys Keys, o *Options, guess func(keyID string) bool) (c claim, err error) {
	const op = "wire.VerifyRequest"
	base, err = parseBase(base)
	if err != nil {
		return c, &order.Error{Code: order.CodeInternal, Op: op, Err: err}
	}
	m := requestMessage(r, "")
	c, err = m.claim(r.Context(), keys)
	if err != nil {
		return claim{}, refuse(op, err)
	}
	if err := c.checkRequest(m, r, base, o, guess); err != nil {
		return c, refuse(op, ofPeer(err))
	}
	return c, nil
}

// checkRequest checks all that the signature of a request vouches for, and gives
// it a body that was read.
func (c claim) checkRequest(m message, r *http.Request, base string, o *Options, guess func(keyID string) bool) error {
	target, err := receivedTarget(r)
	if err != nil {
		return err
	}
	m = m.with("@target-uri", base+target)
	if err := checkCoding(r.Header); err != nil {
		return err
	}
	err = c.check(m, requestCovers(r.Header), o)
	switch {
	case !errors.Is(err, errMismatch):
	case guess(c.keyID()):
		err = c.explain(m, mistakes(m, r.Host, base, target))
	default:
		err = c.mismatch(m)
	}
	if err == nil {
		r.Body, r.ContentLength, err = verifyBody(r.Header, r.Body, o)
	}
	return err
}

// VerifyResponse checks that a response was signed by one of the keys as the
// answer to req, the request as it was sent, and returns the identifier of that
// key. The response then has an equal body. [Transport] does this for every
// response.
//
// Every error is an *[order.Error] with [order.CodeUnavailable]: whether the
// request was carried out is not known then, so it may be sent again under its
// idempotency key. The cause is a *[SignatureError] when the response was not
// signed as it must be. A server does not sign for strangers: a status of 401 in
// the detail may mean that it does not know the key that signed the request, and
// one that has too much to do answers before it looks at a signature: so the
// RetryAfter of a 429 or 503 is taken over. Whoever could forge it could as well
// keep the answer back.
func VerifyResponse(resp *http.Response, req *http.Request, keys Keys, o *Options) (keyID string, err error) {
	m := responseMessage(resp.StatusCode, resp.Header, req)
	c, err := m.claim(req.Context(), keys)
	if err == nil {
		err = c.check(m, responseCovers(), o)
	}
	if err == nil {
		resp.Body, resp.ContentLength, err = verifyBody(resp.Header, resp.Body, o)
	}
	if err != nil {
		return "", &order.Error{
			Code: order.CodeUnavailable, Op: "wire.VerifyResponse",
			Detail: fmt.Sprintf("the answer, with status %d, could not be verified", resp.StatusCode), Err: err,
			RetryAfter: unsignedRetryAfter(resp),
		}
	}
	return c.keyID(), nil
}

func unsignedRetryAfter(resp *http.Response) time.Duration {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	return readRetryAfter(resp.Header)
}

// refuse is the error of a request that was not verified. It tells a caller that
// names no known key nothing about why. A body above the limit is a fault of the
// signature too: anybody on the way can put one in place of the body that was
// signed, and must get no answer that ends what was asked.
func refuse(op string, err error) error {
	bad, ok := errors.AsType[*SignatureError](err)
	if !ok {
		return withOp(op, err)
	}
	detail := "the request's signature was not accepted"
	if bad.peer {
		detail += ": " + bad.Part + " " + bad.Reason
	}
	return &order.Error{Code: order.CodeUnauthenticated, Op: op, Detail: detail, Err: bad}
}

// ofPeer marks the error of a request that names a key which is known.
func ofPeer(err error) error {
	if order.CodeOf(err) == order.CodeTooLarge {
		err = signatureError("content-digest", "is not compared: %v", err)
	}
	if bad, ok := errors.AsType[*SignatureError](err); ok {
		return &SignatureError{Part: bad.Part, Reason: bad.Reason, peer: true, cause: bad.cause}
	}
	return err
}

// claim is what a message says of who signed it and how, and the key that it
// names, which is known.
type claim struct {
	input
	signature []byte
	pub       crypto.PublicKey
}

// claim reads the one signature of the message and finds its key.
func (m message) claim(ctx context.Context, keys Keys) (c claim, err error) {
	header, err := m.value(component{name: "signature-input"})
	if err != nil {
		return c, err
	}
	c.input, err = parseInput(label, header)
	if err != nil {
		return c, signatureError("signature-input", "%v", err)
	}
	text, err := m.value(component{name: "signature", key: label})
	if err != nil {
		return c, err
	}
	c.signature, _ = parseByteSequence(text)
	c.pub, err = findKey(ctx, keys, c.keyID())
	return c, err
}

// check checks the signature, which has to cover the wanted components and
// nothing else.
func (c claim) check(m message, wanted []component, o *Options) error {
	if err := c.covers(wanted); err != nil {
		return err
	}
	if err := c.checkParams(o); err != nil {
		return err
	}
	base, err := m.base(c.input)
	if err != nil {
		return err
	}
	err = checkSignature(c.pub, base, c.signature)
	if err != nil {
		return &SignatureError{Part: "signature", Reason: err.Error(), cause: err}
	}
	return nil
}

// findKey tells a key that does not exist from one that cannot be found now.
func findKey(ctx context.Context, keys Keys, keyID string) (crypto.PublicKey, error) {
	pub, err := keys.Key(ctx, keyID)
	if errors.Is(err, order.CodeNotFound) {
		return nil, signatureError("keyid", "is %.64q: %s", keyID, detailOf(err))
	}
	if err != nil {
		return nil, &order.Error{Code: order.CodeUnavailable, Detail: "the signature cannot be verified now", Err: err}
	}
	if pub == nil {
		return nil, signatureError("keyid", "is %.64q: no such key", keyID)
	}
	return pub, nil
}

func detailOf(err error) string {
	if e, ok := errors.AsType[*order.Error](err); ok && e.Detail != "" {
		return e.Detail
	}
	return "no such key"
}

// verifyBody reads and closes the body, compares it with its digest and returns
// an equal one.
func verifyBody(h http.Header, body io.ReadCloser, o *Options) (io.ReadCloser, int64, error) {
	if body != nil {
		defer body.Close()
	}
	data, err := readBody(body, o.maxBody())
	if err == nil {
		err = checkDigest(h, data)
	}
	if err != nil {
		return http.NoBody, 0, err
	}
	return newBody(data), int64(len(data)), nil
}
