package wire

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
)

func numericDate(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// While keys are rotated the old and the new one overlap: each counts from its
// first moment to just before its last, by the clock at every use.
func TestRotation(t *testing.T) {
	start := testTime()
	now := start
	keys, err := NewKeySet([]Key{
		{Public: testKey(1).Public(), NotAfter: start.Add(2 * time.Hour)},
		{Public: testKey(2).Public(), NotBefore: start.Add(time.Hour)},
	}, &Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[time.Duration][2]bool{
		0: {true, false}, time.Hour - 1: {true, false}, time.Hour: {true, true},
		2*time.Hour - 1: {true, true}, 2 * time.Hour: {false, true},
	} {
		now = start.Add(at)
		for i, inForce := range want {
			got, err := keys.Key(t.Context(), testKeyID(byte(i+1)))
			if inForce && (err != nil || !testKey(byte(i+1)).Public().(ed25519.PublicKey).Equal(got)) || !inForce && !errors.Is(err, order.CodeNotFound) {
				t.Errorf("key %d after %s: %v, %v", i+1, at, got, err)
			}
		}
	}
	if _, err := keys.Key(t.Context(), "other"); !errors.Is(err, order.CodeNotFound) {
		t.Errorf("an unknown key: %v", err)
	}
}

// Whoever signs with a key that is not in force is a stranger, and the log says
// why.
func TestKeyNotInForce(t *testing.T) {
	r := signed(t)
	for want, k := range map[string]Key{"was in force until 2026": {NotAfter: testTime()}, "is in force from 2026": {NotBefore: testTime().Add(1)}} {
		k.Public = testKey(1).Public()
		keys, err := NewKeySet([]Key{k}, testOptions(testTime()))
		if err != nil {
			t.Fatal(err)
		}
		_, err = VerifyRequest(clone(r), gateway, keys, testOptions(testTime()))
		bad, ok := errors.AsType[*SignatureError](err)
		if !ok || bad.Part != "keyid" || !strings.Contains(bad.Reason, want) {
			t.Errorf("got %v", err)
		}
		if got := refusal(t, clone(r), gateway, keys); got != "" {
			t.Errorf("its holder is told %q", got)
		}
	}
}

// What one side publishes the other reads, and it verifies.
func TestPublishedKeysVerify(t *testing.T) {
	for name, id := range identities(t) {
		raw, err := FormatKeySet(Key{Public: id.pub})
		if name == "hmac-sha256" {
			if !errors.Is(err, ErrKey) || raw != nil {
				t.Errorf("a secret was published: %s, %v", raw, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		keys, err := ParseKeySet(raw)
		if err != nil {
			t.Fatal(err)
		}
		set, err := NewKeySet(keys, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := VerifyRequest(signedBy(t, id.signer), gateway, set, testOptions(testTime())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every problem of a set is told, with the place of its key.
func TestKeySetRefuses(t *testing.T) {
	_, err := ParseKeySet([]byte(`{"keys":[{"kty":"RSA"},{"kty":"dsa"}]}`))
	bad, ok := errors.AsType[*KeyError](err)
	if !errors.Is(err, ErrKey) || !ok || bad.Index != 0 || bad.Member != "n" || !strings.Contains(err.Error(), "key 1: kty") {
		t.Errorf("got %v", err)
	}
	one := Key{Public: testKey(1).Public()}
	set, err := NewKeySet([]Key{one, {Public: "no key"}, one}, nil)
	text := fmt.Sprint(err)
	if set != nil || !errors.Is(err, ErrKey) || !strings.Contains(text, "key 1: ") || !strings.Contains(text, "key 2: ") || !strings.Contains(text, "stands twice") {
		t.Errorf("got %v, %v", set, err)
	}
}
