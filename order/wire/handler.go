package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
)

// NewHandler verifies every request before next sees it, and signs every
// response after next has made it: with the [Secret] that the request was signed
// with, if it was one, else by signer. [Caller] tells next who called. Base is the
// public address of the server as [VerifyRequest] takes it, keys are those of
// the peers that may call. It fails for a base that is no address.
//
// Next sees of the headers only what the signature covers, Content-Type and
// Idempotency-Key, and the signature's own; the host is that of base. So whoever
// changes another header on the way cannot change an answer that is signed. What
// else a server wants to know of a request, such as its trace, belongs in front
// of this handler.
//
// A request that is not verified is answered with the error and its reason goes
// to Options.Logger, at most 100 short lines a second, with how many were
// left out. That answer is signed if it is 401 and the request names one
// of the keys, so that a peer with a wrong clock can believe what it is told: it
// was not identified, and nothing was decided about what it asked for. It is signed
// by signer, and with a secret only as the package comment says. Its detail
// then names the part that differed and what would be right. For a signature that
// does not verify this takes guesses, which are made once a second for each key; in
// between the detail says what the signature had to be of. All else is unsigned and
// says no more; so strangers do not make the server sign.
//
// With Options.TLSKeys a caller may identify itself by a TLS client certificate
// with one of these keys instead (RFC 8705 section 2.2), on the connection to this
// very server: behind a proxy that ends TLS nobody can, whatever headers it adds.
// The server asks for certificates with tls.Config.ClientAuth set to
// tls.RequireAnyClientCert, or to tls.RequestClientCert where others sign; give it
// an address of its own, as browsers ask people for certificates. Who issued one,
// and when it ends, plays no part: the key is registered, and ends when it is taken
// out. A caller that was identified so needs no digest and no signature, gets none,
// and is told what is wrong with its request with the code for it; it has to name
// base's host. Next sees the same headers, Content-Type and Idempotency-Key, and
// not one more: it must not matter to an answer how its caller was identified.
//
// The client needs nothing of this package for that: an http.Transport whose
// TLSClientConfig has the certificate does it, as the example shows.
//
// Responses are held back until next returns, so it cannot stream, flush or
// hijack.
func NewHandler(next http.Handler, base string, signer *Signer, keys Keys, o *Options) (http.Handler, error) {
	parsed, err := parseBase(base)
	if err != nil {
		return nil, fmt.Errorf("wire.NewHandler: %w", err)
	}
	_, host, _ := strings.Cut(parsed, "://")
	host, _, _ = strings.Cut(host, "/")
	return &handler{next: next, base: parsed, host: host, signer: signer, keys: keys, o: o, guessing: newGuessing(o.now), refusals: &refusals{now: o.now}}, nil
}

type handler struct {
	next     http.Handler
	base     string
	host     string // of base
	signer   *Signer
	keys     Keys
	o        *Options
	guessing *guessing
	refusals *refusals
}

// callerKey is where a context holds who called.
type callerKey struct{}

type caller struct {
	keyID string
	tls   bool
}

// Caller is the identifier of the key that signed the request which ctx belongs
// to, or of its TLS client certificate's; ok is false outside of a [NewHandler].
func Caller(ctx context.Context) (keyID string, ok bool) {
	c, ok := ctx.Value(callerKey{}).(caller)
	return c.keyID, ok
}

// CallerByTLS reports whether the caller was identified by its TLS client
// certificate. Then its key is one of Options.TLSKeys, and whom it belongs to is to
// be looked up among these: somebody else may have registered the same key for
// signatures.
func CallerByTLS(ctx context.Context) bool {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c.tls
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, made, err := h.identify(r)
	if err != nil {
		h.refuse(w, r, made, err)
		return
	}
	a := &answer{header: http.Header{}}
	h.next.ServeHTTP(a, h.verified(r, c))
	if c.tls {
		a.send(w)
		return
	}
	if err := h.sign(h.signerFor(made), a, r); err != nil {
		a = &answer{header: http.Header{}} // nobody could believe it
		WriteError(a, r, err)
	}
	a.send(w)
}

// identify is who calls, and what the request claims of that, unless it came with a
// certificate.
func (h *handler) identify(r *http.Request) (c caller, made claim, err error) {
	if byTLS(r, h.o) {
		c.tls = true
		c.keyID, err = verifyTLS(r, h.base, h.o)
		return c, made, err
	}
	made, err = verifyRequest(r, h.base, h.keys, h.o, h.guessing.may)
	c.keyID = made.keyID()
	return c, made, err
}

// verified is the request as the holder of the key sent it.
func (h *handler) verified(r *http.Request, c caller) *http.Request {
	v := r.WithContext(context.WithValue(r.Context(), callerKey{}, c))
	v.Host, v.Header, v.Trailer = h.host, coveredHeader(r.Header), nil
	if c.tls {
		v.Header = plainHeader(r.Header)
	}
	return v
}

// refuse answers a request that was not verified. Anybody on the way can bring a
// refusal about by changing the request. So only that one is signed which no
// peer takes for a decision.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, made claim, err error) {
	h.refusals.tell(r.Context(), h.o.logger(), r, err)
	a := &answer{header: http.Header{}}
	WriteError(a, r, err)
	if bad, ok := errors.AsType[*SignatureError](err); ok && bad.peer {
		if by := h.refuser(r, made); by != nil {
			h.sign(by, a, r) // if that fails, unsigned is all it can be
		}
	}
	a.send(w)
}

func (h *handler) sign(by *Signer, a *answer, r *http.Request) error {
	if r.Method == http.MethodHead || a.code() == http.StatusNoContent || a.code() == http.StatusNotModified {
		a.body.Reset() // HTTP sends none, so none is signed
	}
	err := by.SignResponse(a.header, a.code(), a.body.Bytes(), r)
	if err != nil {
		h.o.logger().ErrorContext(r.Context(), "response not signed", "error", err)
	}
	return err
}

// answer is a response that is held back.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

var _ http.ResponseWriter = (*answer)(nil)

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 { // what comes before the answer is not held back for it
		a.status = status
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

func (a *answer) code() int {
	if a.status == 0 {
		return http.StatusOK
	}
	return a.status
}

func (a *answer) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.code())
	w.Write(a.body.Bytes())
}
