package wire

import (
	"errors"
	"net/http"

	"github.com/anyscan/anyscan/order"
)

// byTLS reports whether a request is one whose caller the certificate identifies:
// it has one, and no signature. A request that claims to be signed is judged by
// its signature alone.
func byTLS(r *http.Request, o *Options) bool {
	signed := len(r.Header.Values(inputHeader)) > 0 || len(r.Header.Values(signatureHeader)) > 0
	return o != nil && o.TLSKeys != nil && !signed &&
		r.TLS != nil && r.TLS.HandshakeComplete && len(r.TLS.PeerCertificates) > 0
}

// verifyTLS identifies the caller by the key of its TLS client certificate, as
// RFC 8705 section 2.2 does: the handshake of this very connection has proved that
// the caller holds it. What the certificate says beside its key plays no part, nor
// does any header, whoever wrote it.
//
// TLS keeps the request as it was sent. So what is wrong with it is the caller's
// own fault, and told as such.
func verifyTLS(r *http.Request, base string, o *Options) (keyID string, err error) {
	const op = "wire.NewHandler"
	keyID, err = certificateKey(r, o.TLSKeys)
	if err != nil {
		return "", refuse(op, err)
	}
	err = checkPlain(r, base, o)
	if bad, ok := errors.AsType[*SignatureError](err); ok {
		return "", &order.Error{Code: order.CodeInvalid, Op: op, Detail: bad.Part + " " + bad.Reason}
	}
	return keyID, withOp(op, err)
}

func certificateKey(r *http.Request, keys Keys) (string, error) {
	keyID, err := KeyID(r.TLS.PeerCertificates[0].PublicKey)
	if err != nil {
		return "", &SignatureError{Part: "client certificate", Reason: "has a key of no kind that is taken: " + err.Error(), cause: err}
	}
	_, err = findKey(r.Context(), keys, keyID)
	return keyID, err
}

// checkPlain demands of an unsigned request what a signature would: this address,
// each header that next sees at most once, and a type for a body, which it reads.
func checkPlain(r *http.Request, base string, o *Options) error {
	target, err := receivedTarget(r)
	if err != nil {
		return err
	}
	if asked := origin("https", r.Host) + target; asked != base+target {
		return signatureError("@target-uri", "is %.200q, but here it is %.200q", asked, base+target)
	}
	if err := checkCoding(r.Header); err != nil {
		return err
	}
	if r.Body != nil {
		defer r.Body.Close()
	}
	body, err := readBody(r.Body, o.maxBody())
	if err != nil {
		return err
	}
	r.Body, r.ContentLength = newBody(body), int64(len(body))
	m := requestMessage(r, base+target)
	m.header = plainHeader(r.Header)
	m.header.Set(digestHeader, contentDigest(body))
	_, err = m.base(input{covered: requestCovers(m.header)})
	return err
}
