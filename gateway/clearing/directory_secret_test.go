package clearing_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
)

func sharedSecret(n byte) clearing.SharedSecret {
	return clearing.NewSharedSecret(bytes.Repeat([]byte{n}, 32))
}

// The first secret in force signs what an acquirer is told, in the order of its
// entry, and follows the clock and the directory; other kinds of keys do not count.
func TestSecretOfAnAcquirer(t *testing.T) {
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	now := noon
	one, two := clearing.Key{Public: sharedSecret(1)}, clearing.Key{Public: sharedSecret(2)}
	public := clearing.Key{Public: publicKey("north")}
	until, from := one, two
	until.NotAfter, from.NotBefore = noon.Add(time.Hour), noon
	d, err := clearing.NewDirectory(nil, &clearing.DirectoryOptions{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	keys := d.KeysOf("north")
	for name, c := range map[string]struct {
		keys []clearing.Key
		want map[time.Duration]byte // by time after noon; 0 is none
	}{
		"none":                 {nil, map[time.Duration]byte{0: 0}},
		"a public key":         {[]clearing.Key{public}, map[time.Duration]byte{0: 0}},
		"after a public key":   {[]clearing.Key{public, one}, map[time.Duration]byte{0: 1}},
		"both for ever":        {[]clearing.Key{one, two}, map[time.Duration]byte{0: 1}},
		"the other way round":  {[]clearing.Key{two, one}, map[time.Duration]byte{0: 2}},
		"the old one to begin": {[]clearing.Key{until, from}, map[time.Duration]byte{-1: 1, 0: 1, time.Hour - 1: 1, time.Hour: 2}},
		"the new one to begin": {[]clearing.Key{from, until}, map[time.Duration]byte{-1: 1, 0: 2, time.Hour: 2}},
		"with an end":          {[]clearing.Key{until}, map[time.Duration]byte{time.Hour - 1: 1, time.Hour: 0}},
	} {
		a := north()
		a.Keys = c.keys
		south := clearing.Acquirer{Name: "south", Keys: []clearing.Key{{Public: sharedSecret(9)}}}
		if err := d.Replace([]clearing.Acquirer{south, a}); err != nil {
			t.Fatal(err)
		}
		for at, want := range c.want {
			now = noon.Add(at)
			secret, ok := keys.Secret()
			if ok != (want != 0) || ok && !secret.Equal(sharedSecret(want)) || !ok && !secret.Equal(clearing.SharedSecret{}) {
				t.Errorf("%s, %v after noon: another secret than %d, %v", name, at, want, ok)
			}
		}
	}
	if err := d.Replace(nil); err != nil {
		t.Fatal(err)
	}
	if _, ok := keys.Secret(); ok {
		t.Error("an acquirer that has left has a secret")
	}
}

// What one acquirer signed acknowledges nothing in another's name, nor with a key
// that is not in force, nor when it has left.
func TestKeysOfOneAcquirer(t *testing.T) {
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	ended := sharedSecret(3)
	d, err := clearing.NewDirectory([]clearing.Acquirer{
		{Name: "north", Keys: []clearing.Key{{Public: publicKey("north")}, {Public: sharedSecret(1)}, {Public: ended, NotAfter: noon}}},
		{Name: "south", Keys: []clearing.Key{{Public: publicKey("south")}, {Public: sharedSecret(2)}}},
	}, &clearing.DirectoryOptions{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	keys := d.KeysOf("north")
	good := []string{idOf(t, publicKey("north")), idOf(t, sharedSecret(1))}
	bad := []string{idOf(t, publicKey("south")), idOf(t, sharedSecret(2)), idOf(t, ended), "nobody's", ""}
	for _, id := range good {
		if _, err := keys.Key(t.Context(), id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	for _, id := range bad {
		if key, err := keys.Key(t.Context(), id); !errors.Is(err, order.CodeNotFound) || key != nil {
			t.Errorf("%s: %v, %v; want %s", id, key, err, order.CodeNotFound)
		}
	}
	if err := d.Replace(nil); err != nil {
		t.Fatal(err)
	}
	for _, id := range good {
		if _, err := keys.Key(t.Context(), id); !errors.Is(err, order.CodeNotFound) {
			t.Errorf("%s, after north has left: %v", id, err)
		}
	}
}
