package wire

import (
	"encoding/base64"
	"errors"
	"net/http"
	"testing"
)

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
	sig, _ := base64.StdEncoding.DecodeString("mh17P4TbYYBmBwsXPT4nsyVzW4Rp9Fb8WcvnfqKCQLoMvzOBLD/n32tL/GPW6XE5GAS5bdsg1khK6lBzV1Cx/Q==")
	if err := checkSignature(rfcPublic(t, "test-key-ecc-p256"), base, sig); err != nil {
		t.Errorf("%v:\n%s", err, base)
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
