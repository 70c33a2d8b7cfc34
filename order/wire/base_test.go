package wire

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"math/big"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// RFC 9421 appendix B.2.6: the base, the header and the signature come out to
// the byte.
func TestRFC9421Ed25519(t *testing.T) {
	der, _ := base64.StdEncoding.DecodeString("MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF")
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		t.Fatal(err)
	}
	m := message{
		derived: map[string]string{"@method": "POST", "@path": "/foo", "@authority": "example.com"},
		header: http.Header{
			"Date": {"Tue, 20 Apr 2021 02:07:55 GMT"}, "Content-Type": {"application/json"}, "Content-Length": {"18"},
		},
	}
	const header = `sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`
	in, err := parseInput("sig-b26", header)
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.base(in)
	want := `"date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatal(err, diff)
	}
	private := key.(ed25519.PrivateKey)
	const signature = ":wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:"
	if made := byteSequence(ed25519.Sign(private, []byte(got))); made != signature {
		t.Errorf("made %s, want %s", made, signature)
	}
	raw, ok := parseByteSequence(signature)
	if err := checkSignature(private.Public(), got, raw); !ok || err != nil {
		t.Errorf("the RFC's signature is not taken: %v", err)
	}
}

// The example of a response bound to its request (section 2.4, as in draft 13):
// it was signed with test-key-ecc-p256 over a base like ours.
func TestRFC9421Response(t *testing.T) {
	const requestSignature = ":LAH8BjcfcOcLojiuOBFWn0P5keD3xAOuJRGziCLuD8r5MW9S0RoXXLzLSRfGY/3SF8kVIkHjE13SEFdTo4Af/fJ/Pu9wheqoLVdwXyY/UkBIS1M8Brc8IODsn5DFIrG0IrburbLi0uCc+E2ZIIb6HbUJ+o+jP58JelMTe0QE3IpWINTEzpxjqDf5/Df+InHCAkQCTuKsamjWXUpyOT1Wkxi7YPVNOjW4MfNuTZ9HdbD2Tr65+BXeTG9ZS/9SWuXAc+BZ8WyPz0QRz//ec3uWXd7bYYODSjRAxHqX+S1ag3LZElYyUKaAIjZ8MGOt4gXEwCSLDv/zqxZeWLj/PDkn6w==:"
	m := message{
		derived: map[string]string{"@status": "503"},
		header:  http.Header{"Content-Length": {"62"}, "Content-Type": {"application/json"}},
		request: &message{
			derived: map[string]string{"@authority": "example.com", "@method": "POST"},
			header:  http.Header{"Signature": {"sig1=" + requestSignature}},
		},
	}
	in, err := parseInput("reqres", `reqres=("@status" "content-length" "content-type" "signature";req;key="sig1" "@authority";req "@method";req);created=1618884479;keyid="test-key-ecc-p256"`)
	if err != nil {
		t.Fatal(err)
	}
	base, err := m.base(in)
	if err != nil {
		t.Fatal(err)
	}
	der, _ := base64.StdEncoding.DecodeString("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==")
	pub, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		t.Fatal(err)
	}
	sig, _ := base64.StdEncoding.DecodeString("mh17P4TbYYBmBwsXPT4nsyVzW4Rp9Fb8WcvnfqKCQLoMvzOBLD/n32tL/GPW6XE5GAS5bdsg1khK6lBzV1Cx/Q==")
	sum := sha256.Sum256([]byte(base))
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	if !ecdsa.Verify(pub.(*ecdsa.PublicKey), sum[:], r, s) {
		t.Errorf("the signature does not fit this base:\n%s", base)
	}
}

// What a base cannot hold without doubt does not get into one.
func TestBaseRefuses(t *testing.T) {
	for name, m := range map[string]message{
		"missing":      {header: http.Header{}},
		"twice":        {header: http.Header{"X": {"a", "b"}}},
		"a line break": {header: http.Header{"X": {"a\n\"@method\": GET"}}},
		"folded":       {header: http.Header{"X": {"a\r\n b"}}},
		"not ASCII":    {header: http.Header{"X": {"é"}}},
	} {
		_, err := m.base(input{covered: []component{{name: "x"}}})
		if e, ok := errors.AsType[*SignatureError](err); !ok || e.Part != "x" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for _, value := range []string{"", "sig2=:AA==:", "sig1=:AA==:, sig2=:AA==:", "sig1=:AA:", "sig1=:AB==:", "sig1=AA==", "sig1=:AA==:;p", "sig1=:A\nA==:"} {
		m := message{request: &message{header: http.Header{"Signature": {value}}}}
		if _, err := m.base(input{covered: responseCovers()[2:]}); err == nil {
			t.Errorf("took the member sig1 of %q", value)
		}
	}
	if _, ok := parseByteSequence(":A\nA==:"); ok {
		t.Error("took a byte sequence with a line end")
	}
	if _, err := (message{}).base(input{covered: responseCovers()[2:]}); err == nil {
		t.Error("took a request's component without a request")
	}
}
