package wire

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/internal/nodetest"
)

// nodeMessage is a request, or a response with the request that it answers, as the
// scripts in testdata take them.
type nodeMessage struct {
	Method  string            `json:"method,omitempty"`
	URL     string            `json:"url,omitempty"`
	Status  int               `json:"status,omitempty"`
	Headers map[string]string `json:"headers"`
	Request *nodeMessage      `json:"request,omitempty"`
}

// nodeJob is the input of a script.
type nodeJob struct {
	Alg      string        `json:"alg"`
	KeyID    string        `json:"keyid"`
	PEM      string        `json:"pem,omitempty"`
	Secret   []byte        `json:"secret,omitempty"` // base64
	Created  int64         `json:"created"`
	Salt     int           `json:"salt,omitempty"`
	Messages []nodeMessage `json:"messages"`
}

func newNodeJob(t *testing.T, alg string, id identity, messages ...nodeMessage) nodeJob {
	t.Helper()
	job := nodeJob{Alg: alg, KeyID: id.signer.keyID, Created: testTime().Unix(), Messages: messages}
	name, ok := map[string]string{"ecdsa-p256-sha256": "test-key-ecc-p256", "rsa-pss-sha512": "test-key-rsa-pss"}[alg]
	var private any = testKey(1)
	if ok {
		private = rfcKey(t, name)
	}
	if alg == "hmac-sha256" {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(rfcFile(t, "test-shared-secret.txt"))))
		if err != nil {
			t.Fatal(err)
		}
		job.Secret = raw
		return job
	}
	if alg == "rsa-pss-sha512" {
		job.Salt = saltLength
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	job.PEM = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	return job
}

// run gives the job to the script of a package and reads what it answers.
func (j nodeJob) run(t *testing.T, pkg, verb string, results any) {
	t.Helper()
	input, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(nodetest.Script(t, input, filepath.Join("testdata", pkg+".mjs"), verb), results); err != nil {
		t.Fatal(err)
	}
}

func nodePackages() []string { return []string{"http-message-signatures", "http-message-sig"} }

func nodeRequest(r *http.Request) nodeMessage {
	m := nodeMessage{Method: r.Method, URL: gateway + r.RequestURI, Headers: map[string]string{}}
	for name := range r.Header {
		m.Headers[name] = r.Header.Get(name)
	}
	return m
}

// changed are the message with every single byte of every covered part changed,
// one at a time, and where the change is.
func (m nodeMessage) changed() (messages []nodeMessage, where []string) {
	edit := func(part, value string, set func(*nodeMessage, string)) {
		for i := range len(value) {
			other := value[:i] + string([]byte{value[i] ^ 1}) + value[i+1:]
			if part == "Signature" && sameBytes(value, other) {
				continue // base64 has four ways to write the last byte, which readers may take
			}
			c := m
			c.Headers = maps.Clone(m.Headers)
			set(&c, other)
			messages, where = append(messages, c), append(where, fmt.Sprintf("%s, byte %d: %s", part, i, other))
		}
	}
	edit("@method", m.Method, func(c *nodeMessage, v string) { c.Method = v })
	edit("@target-uri", m.URL, func(c *nodeMessage, v string) { c.URL = v })
	for name, value := range m.Headers {
		edit(name, value, func(c *nodeMessage, v string) { c.Headers[name] = v })
	}
	if m.Status > 0 {
		c := m
		c.Status++
		messages, where = append(messages, c), append(where, "@status")
	}
	return messages, where
}

func sameBytes(a, b string) bool {
	decode := func(s string) []byte {
		raw, _ := base64.StdEncoding.DecodeString(strings.TrimSuffix(strings.TrimPrefix(s, "sig1=:"), ":"))
		return raw
	}
	return len(a) > 0 && a[:6] == b[:6] && a[len(a)-1] == b[len(b)-1] && bytes.Equal(decode(a), decode(b))
}

// nodeExchange is a request, and the response to it, as we sign them.
func nodeExchange(t *testing.T, id identity) (request, response nodeMessage) {
	t.Helper()
	r, w := signedBy(t, id.signer), httptest.NewRecorder()
	if err := id.signer.SignResponse(w.Header(), 201, []byte(body), r); err != nil {
		t.Fatal(err)
	}
	request = nodeRequest(r)
	response = nodeMessage{Status: 201, Headers: map[string]string{}, Request: &request}
	for name := range w.Header() {
		response.Headers[name] = w.Header().Get(name)
	}
	return request, response
}

// Two implementations from npm accept our requests and responses with each
// algorithm, and neither with any single byte of a covered part changed.
func TestNodeVerifiesOurs(t *testing.T) {
	for alg, id := range identities(t) {
		for _, pkg := range nodePackages() {
			t.Run(pkg+"/"+alg, func(t *testing.T) {
				request, response := nodeExchange(t, id)
				messages, where := request.changed()
				more, at := response.changed()
				messages, where = append(messages, more...), append(where, at...)
				var taken []bool
				newNodeJob(t, alg, id, append(messages, request, response)...).run(t, pkg, "verify", &taken)
				n := len(messages)
				if len(taken) != n+2 || !taken[n] || !taken[n+1] {
					t.Fatalf("%d results for %d messages; the last two are to be taken", len(taken), n+2)
				}
				for i, at := range where {
					if taken[i] {
						t.Errorf("taken with a change in %s", at)
					}
				}
				t.Logf("%d single-byte changes refused", n)
			})
		}
	}
}

// Both packages accept the answer of a server that has an Ed25519 key of its own to
// a request that was signed with a shared secret, with that secret, and refuse it
// with any byte changed.
func TestNodeVerifiesAnswersWithASecret(t *testing.T) {
	id := identities(t)["hmac-sha256"]
	p := newParty(t, gateway, 9, keysOf(t, id.pub))
	r := requestTo(t, gateway, id.signer)
	resp := p.ask(clone(r))
	if p.own.signed != 0 || resp.StatusCode != 200 {
		t.Fatalf("status %d, the server's own key signed %d times", resp.StatusCode, p.own.signed)
	}
	request := nodeRequest(r)
	answer := nodeMessage{Status: resp.StatusCode, Headers: map[string]string{}, Request: &request}
	for _, name := range []string{"Content-Digest", "Signature-Input", "Signature"} {
		answer.Headers[name] = resp.Header.Get(name)
	}
	messages, where := answer.changed()
	for _, pkg := range nodePackages() {
		var taken []bool
		newNodeJob(t, "hmac-sha256", id, append(messages, answer)...).run(t, pkg, "verify", &taken)
		if len(taken) != len(messages)+1 || !taken[len(messages)] {
			t.Errorf("%s: the answer is refused: %d results", pkg, len(taken))
			continue
		}
		for i, at := range where {
			if taken[i] {
				t.Errorf("%s: taken with a change in %s", pkg, at)
			}
		}
		t.Logf("%s: %d single-byte changes refused", pkg, len(messages))
	}
}

// We accept what they sign with each algorithm, and no request of theirs with any
// single byte changed.
func TestNodeSignsForUs(t *testing.T) {
	for alg, id := range identities(t) {
		for _, pkg := range nodePackages() {
			t.Run(pkg+"/"+alg, func(t *testing.T) {
				r, resp, keys := received(testRequest(t)), answered(201, "application/json", body), keysOf(t, id.pub)
				r.Header.Set("Content-Digest", contentDigest([]byte(body)))
				ours, response := nodeExchange(t, id)
				response.Headers = map[string]string{"Content-Digest": contentDigest([]byte(body))}
				var made []map[string]string
				newNodeJob(t, alg, id, nodeRequest(r), response).run(t, pkg, "sign", &made)
				setAll(r.Header, made[0])
				setAll(resp.Header, made[1])
				answeredTo := &http.Request{Header: http.Header{}}
				setAll(answeredTo.Header, ours.Headers)

				verify := func(r *http.Request) error {
					_, err := VerifyRequest(r, gateway, keys, testOptions(testTime()))
					return err
				}
				if err := verify(clone(r)); err != nil {
					t.Fatal(err)
				}
				anyChange(t, r, []byte{0x01}, verify)
				if _, err := VerifyResponse(resp, answeredTo, keys, testOptions(testTime())); err != nil {
					t.Errorf("the response: %v", err)
				}
			})
		}
	}
}

func setAll(h http.Header, values map[string]string) {
	for name, value := range values {
		h.Set(name, value)
	}
}

// With its own default the package salts RSA-PSS otherwise than RFC 9421 says, and
// is told so.
func TestNodeSaltIsExplained(t *testing.T) {
	id := identities(t)["rsa-pss-sha512"]
	r := received(testRequest(t))
	r.Header.Set("Content-Digest", contentDigest([]byte(body)))
	job := newNodeJob(t, "rsa-pss-sha512", id, nodeRequest(r))
	job.Salt = 0
	var made []map[string]string
	job.run(t, "http-message-signatures", "sign", &made)
	setAll(r.Header, made[0])
	if got := refusal(t, r, gateway, keysOf(t, id.pub)); got != "signature has salt of another length: want 64 bytes" {
		t.Errorf("told %q", got)
	}
}
