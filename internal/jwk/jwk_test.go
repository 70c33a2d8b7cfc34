package jwk_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/jwk"
)

// The vectors of RFC 7638 section 3.1 (RSA) and RFC 8037 appendix A.3 (Ed25519).
func TestThumbprintsOfTheRFCs(t *testing.T) {
	const set = `{"keys":[
	{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},
	{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`
	keys, err := jwk.ParseSet([]byte(set))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, k := range keys {
		id, err := jwk.ID(k.Public)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	want := []string{"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
}

func someKeys(t testing.TB) []jwk.Key {
	t.Helper()
	pub, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	return []jwk.Key{{Public: pub, NotBefore: from}, {Public: &ec.PublicKey, NotAfter: from}, {Public: &private.PublicKey}}
}

// What is written reads as the same keys.
func TestSetsRoundTrip(t *testing.T) {
	keys := someKeys(t)
	raw, err := jwk.FormatSet(keys...)
	if err != nil {
		t.Fatal(err)
	}
	again, err := jwk.ParseSet(raw)
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range keys {
		want, _ := jwk.ID(k.Public)
		got, err := jwk.ID(again[i].Public)
		if err != nil || got != want || !again[i].NotBefore.Equal(k.NotBefore) || !again[i].NotAfter.Equal(k.NotAfter) {
			t.Errorf("key %d reads as %s from %v to %v (%v), want %s from %v to %v", i, got, again[i].NotBefore, again[i].NotAfter, err, want, k.NotBefore, k.NotAfter)
		}
	}
}

// A problem names the key and the member, and all are told at once.
func TestProblemsOfSets(t *testing.T) {
	const good = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
	for set, want := range map[string]string{
		``:            "the set: is no JSON object",
		`{"keys":[]}`: "has 0 keys",
		`{"keys":[{"kty":"OKP","crv":"Ed448","x":"AA"}]}`:                                     "key 0: crv",
		`{"keys":[` + good + `,{"kty":"dsa"}]}`:                                               "key 1: kty",
		`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}`:                                   "1 bytes: want 32",
		`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"A=="}]}`:                                  "key 0: x is missing or not base64url",
		`{"keys":[{"kty":"oct","k":"AAAA"}]}`:                                                 "a shared secret of 3 bytes",
		`{"keys":[{"kty":"EC","crv":"P-256","x":"` + a32 + `","y":"` + a32 + `"}]}`:           "no point of the curve",
		`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}`:                                      "an RSA key of 17 bits",
		`{"keys":[` + strings.Replace(good, `"x"`, `"d":"AA","x"`, 1) + `]}`:                  "key 0: d is there",
		`{"keys":[` + strings.Replace(good, `"x"`, `"D":"AA","x"`, 1) + `]}`:                  "key 0: d is there",
		`{"keys":[{"kty":"RSA","n":"` + strings.Repeat("-", 342) + `","e":"AQAB","q":"AA"}]}`: "key 0: q is there",
		`{"keys":[{"kty":"RSA","n":"` + strings.Repeat("-", 342) + `","e":"AQAB","oth":[]}]}`: "key 0: oth is there",
		`{"keys":[` + strings.Replace(good, `"x"`, `"key_ops":["encrypt"],"x"`, 1) + `]}`:     "key 0: key_ops",
		`{"keys":[` + strings.Replace(good, `"x"`, `"key_ops":[],"x"`, 1) + `]}`:              "key 0: key_ops",
		`{"keys":[` + strings.Replace(good, `"x"`, `"kid":"mine","x"`, 1) + `]}`:              "key 0: kid",
		`{"keys":[` + strings.Replace(good, `"x"`, `"use":"enc","x"`, 1) + `]}`:               "key 0: use",
		`{"keys":[` + strings.Replace(good, `"x"`, `"nbf":9,"exp":9,"x"`, 1) + `]}`:           "key 0: exp",
		`{"keys":[` + strings.Replace(good, `"x"`, `"exp":-1,"x"`, 1) + `]}`:                  "key 0: exp is -1",
		`{"keys":[` + strings.Replace(good, `"x"`, `"nbf":253402300800,"x"`, 1) + `]}`:        "key 0: nbf",
		`{"keys":[{"kty":"dsa"},{"kty":"RSA"}]}`:                                              "key 1: n",
	} {
		_, err := jwk.ParseSet([]byte(set))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.120s: %v, want %q", set, err, want)
		}
	}
}

func TestKeyOperations(t *testing.T) {
	if _, err := jwk.ParseSet([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","key_ops":["verify"]}]}`)); err != nil {
		t.Error(err)
	}
}

// The largest RSA key is one of 4096 bits, wherever it comes from.
func TestLargestRSA(t *testing.T) {
	for bits, want := range map[int]string{2047: "an RSA key of 2047 bits", 2048: "", 4096: "", 4097: "an RSA key of 4097 bits", 8192: "an RSA key of 8192 bits"} {
		n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
		pub := &rsa.PublicKey{N: n.SetBit(n, 0, 1), E: 65537}
		if err := jwk.Check(pub); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("a key of %d bits: %v, want %q", bits, err, want)
		}
		set := fmt.Sprintf(`{"keys":[{"kty":"RSA","n":%q,"e":"AQAB"}]}`, base64.RawURLEncoding.EncodeToString(n.Bytes()))
		if _, err := jwk.ParseSet([]byte(set)); (err == nil) != (want == "") {
			t.Errorf("a set with a key of %d bits: %v", bits, err)
		}
	}
}

const a32 = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"

// The HMAC of RFC 4231 section 4.7; a secret is a copy and equals its like alone.
func TestSecret(t *testing.T) {
	raw := bytes.Repeat([]byte{0xaa}, 131)
	secret := jwk.NewSecret(raw)
	clear(raw)
	const want = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
	if got := hex.EncodeToString(secret.HMAC([]byte("Test Using Larger Than Block-Size Key - Hash Key First"))); got != want {
		t.Errorf("the HMAC is %s, want %s", got, want)
	}
	if !secret.Equal(jwk.NewSecret(bytes.Repeat([]byte{0xaa}, 131))) || secret.Equal(jwk.Secret{}) || secret.Equal(raw) {
		t.Error("it does not equal what it is, or equals what it is not")
	}
	if err := jwk.Check(jwk.Secret{}); err == nil {
		t.Error("the zero Secret is a key")
	}
}

// A shared secret neither prints nor is published.
func TestSecretsStaySecret(t *testing.T) {
	const value = "s3cr3ts3cr3ts3cr3ts3cr3ts3cr3ts3cr3t"
	secret := jwk.NewSecret([]byte(value))
	key := jwk.Key{Public: secret}
	hidden := struct{ inner jwk.Secret }{secret} // fmt does not call the methods of what it holds
	var out strings.Builder
	log := slog.New(slog.NewTextHandler(&out, nil))
	for _, v := range []any{secret, &secret, key, &key, hidden, &hidden, []jwk.Secret{secret}, map[string]any{"key": secret}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%08b", "%T"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		log.Info("x", "v", v)
	}
	raw, err := json.Marshal(map[string]any{"key": secret, "in": key})
	if err != nil || !strings.Contains(string(raw), `"[secret]"`) {
		t.Errorf("as JSON: %s, %v", raw, err)
	}
	text := out.String() + string(raw) + secret.String() + secret.GoString() + secret.LogValue().String()
	for _, told := range []string{"s3cr3t", "733363", "115 51 99", "0x73, 0x33"} {
		if strings.Contains(text, told) {
			t.Errorf("it prints, as %q", told)
		}
	}
	if raw, err := jwk.FormatSet(key); err == nil {
		t.Errorf("it is published: %s", raw)
	}
}

// A key that ended with 1970 is no key without an end.
func TestDatesOfNought(t *testing.T) {
	keys, err := jwk.ParseSet([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","exp":0}]}`))
	if err != nil || keys[0].InForce(time.Unix(1, 0)) {
		t.Errorf("in force: %v, %v", keys, err)
	}
	for _, k := range []jwk.Key{{NotAfter: time.Unix(-1, 0)}, {NotBefore: time.Unix(9, 0), NotAfter: time.Unix(9, 0)}} {
		k.Public = keys[0].Public
		if raw, err := jwk.FormatSet(k); err == nil {
			t.Errorf("written as %s, which cannot be read", raw)
		}
	}
}

func TestInForce(t *testing.T) {
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	k := jwk.Key{NotBefore: noon, NotAfter: noon.Add(time.Hour)}
	for at, want := range map[time.Time]bool{noon.Add(-1): false, noon: true, noon.Add(time.Hour - 1): true, noon.Add(time.Hour): false} {
		if got := k.InForce(at); got != want {
			t.Errorf("at %v: %v", at, got)
		}
	}
	if !(jwk.Key{}).InForce(noon) {
		t.Error("a key without limits is not in force")
	}
}

// Whatever is read can be written and read again, under the same names.
func FuzzParseSet(f *testing.F) {
	raw, err := jwk.FormatSet(someKeys(f)...)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"keys":[{"kty":"oct","k":"` + a32 + `"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		keys, err := jwk.ParseSet(raw)
		if err != nil {
			return
		}
		for i, k := range keys {
			if _, secret := k.Public.(jwk.Secret); secret {
				continue
			}
			again, err := jwk.FormatSet(k)
			if err != nil {
				t.Fatalf("key %d was read and cannot be written: %v", i, err)
			}
			read, err := jwk.ParseSet(again)
			if err != nil {
				t.Fatalf("key %d was written and cannot be read: %v", i, err)
			}
			a, _ := jwk.ID(k.Public)
			if b, _ := jwk.ID(read[0].Public); a != b {
				t.Fatalf("key %d is %s and then %s", i, a, b)
			}
		}
	})
}
