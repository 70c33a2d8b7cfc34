package program

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// office is a server's certificate in a folder, a clock and a log.
type office struct {
	*testing.T
	chain, key string
	clock      time.Time
	log        bytes.Buffer
	own        *Renewed
	config     *tls.Config
}

// newOffice opens the certificate of serial 1, which was left alone for an hour.
func newOffice(t *testing.T) *office {
	t.Helper()
	dir := t.TempDir()
	o := &office{T: t, chain: filepath.Join(dir, "own.pem"), key: filepath.Join(dir, "own.key"), clock: time.Now()}
	chain, key := o.pair(1, nil)
	o.put(o.chain, chain, o.clock.Add(-time.Hour))
	o.put(o.key, key, o.clock.Add(-time.Hour))
	own, err := openRenewed(o.chain, o.key, slog.New(slog.NewTextHandler(&o.log, nil)), func() time.Time { return o.clock })
	if err == nil {
		o.own = own
		o.config, err = ServerTLS(own, "https://own.example", nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// pair is a certificate of the serial and its key, as text.
func (o *office) pair(serial int64, change func(*x509.Certificate)) (chain, key string) {
	o.Helper()
	files := [2]string{}
	files[0], files[1] = certified(o.T, "own", func(c *x509.Certificate) {
		c.SerialNumber.SetInt64(serial)
		if change != nil {
			change(c)
		}
	})
	for i, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			o.Fatal(err)
		}
		files[i] = string(raw)
	}
	return files[0], files[1]
}

// put writes a file that was changed at the time.
func (o *office) put(file, content string, at time.Time) {
	o.Helper()
	err := os.WriteFile(file, []byte(content), 0o600)
	if err == nil {
		err = os.Chtimes(file, at, at)
	}
	if err != nil {
		o.Fatal(err)
	}
}

// renew writes both files now.
func (o *office) renew(chain, key string) {
	o.Helper()
	o.put(o.chain, chain, o.clock)
	o.put(o.key, key, o.clock)
}

// later is when the next look is due.
func (o *office) later() { o.clock = o.clock.Add(lookEvery) }

// shows wants the next handshake to show the certificate of the serial, and gives
// what was logged since the last one.
func (o *office) shows(serial int64) (logged string) {
	o.Helper()
	pair, err := o.config.GetCertificate(&tls.ClientHelloInfo{})
	if err != nil || pair.Leaf.SerialNumber.Int64() != serial {
		o.Errorf("%v, %v; want serial %d", pair.Leaf.SerialNumber, err, serial)
	}
	defer o.log.Reset()
	return o.log.String()
}

// A renewed pair is taken at the first handshake after a few seconds, and told
// once. Until then no handshake looks at the files.
func TestARenewedPairIsTaken(t *testing.T) {
	o := newOffice(t)
	logged := o.shows(1)
	o.renew(o.pair(2, nil))
	o.clock = o.clock.Add(lookEvery - 1)
	logged += o.shows(1)
	o.clock = o.clock.Add(1)
	if logged != "" {
		t.Errorf("before there is anything new the log says %s", logged)
	}
	if logged = o.shows(2); !strings.Contains(logged, "the certificate is new") || !strings.Contains(logged, o.chain) {
		t.Errorf("the log says %q, want that the certificate is new", logged)
	}
	for range 3 {
		o.later()
		if logged := o.shows(2); logged != "" {
			t.Errorf("the log says again %s", logged)
		}
	}
}

// What is not whole and valid changes nothing, and is told once with the file,
// without a word of the key; the pair that is put right then is taken.
func TestWhatIsNotWholeAndValidLeavesTheOldPair(t *testing.T) {
	past := func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }
	other := func(c *x509.Certificate) { c.DNSNames = []string{"other.example"} }
	for name, c := range map[string]struct {
		breaks func(o *office, chain, key string)
		change func(*x509.Certificate)
		says   string // with the file
	}{
		"half a certificate":     {func(o *office, chain, key string) { o.renew(chain[:len(chain)/2], key) }, nil, "own.pem: 1 of 1 certificates are cut off"},
		"half a chain":           {func(o *office, chain, key string) { o.renew(chain+chain[:len(chain)/2], key) }, nil, "own.pem: 1 of 2 certificates are cut off"},
		"half a key":             {func(o *office, chain, key string) { o.renew(chain, key[:len(key)/2]) }, nil, "own.key: "},
		"an empty key":           {func(o *office, chain, key string) { o.renew(chain, "") }, nil, "own.key: "},
		"the old key":            {func(o *office, chain, _ string) { o.put(o.chain, chain, o.clock) }, nil, "own.key: tls: private key does not match"},
		"the old certificate":    {func(o *office, _, key string) { o.put(o.key, key, o.clock) }, nil, "own.key: tls: private key does not match"},
		"not in force":           {func(o *office, chain, key string) { o.renew(chain, key) }, past, "own.pem: the certificate is in force from"},
		"for another address":    {func(o *office, chain, key string) { o.renew(chain, key) }, other, "own.pem: x509: certificate is valid for other.example"},
		"no certificate":         {func(o *office, _, _ string) { os.Remove(o.chain) }, nil, "own.pem: no such file"},
		"no key":                 {func(o *office, _, _ string) { os.Remove(o.key) }, nil, "own.key: no such file"},
		"neither":                {func(o *office, _, _ string) { os.Remove(o.chain); os.Remove(o.key) }, nil, "own.key: no such file"},
		"a folder":               {func(o *office, _, _ string) { os.Remove(o.key); os.Mkdir(o.key, 0o700) }, nil, "own.key is not a regular file"},
		"a key that others read": {func(o *office, chain, key string) { o.renew(chain, key); os.Chmod(o.key, 0o644) }, nil, "own.key: can be used by others"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.shows(1)
			chain, key := o.pair(2, c.change)
			c.breaks(o, chain, key)
			o.later()
			logged := o.shows(1)
			if !strings.Contains(logged, "the old one stays") || !strings.Contains(logged, c.says) || strings.Count(logged, "\n") != 1 {
				t.Errorf("the log says %q, want one line with %q", logged, c.says)
			}
			if body := strings.Split(key, "\n")[1]; strings.Contains(logged, body[:len(body)/3]) {
				t.Errorf("the log has the key: %s", logged)
			}
			for range 3 {
				o.later()
				if logged := o.shows(1); logged != "" {
					t.Errorf("the log says again %s", logged)
				}
			}
			os.Remove(o.key)
			o.renew(o.pair(3, nil))
			o.later()
			if logged := o.shows(3); !strings.Contains(logged, "the certificate is new") {
				t.Errorf("the log says %q, want that the certificate is new", logged)
			}
			c.breaks(o, chain, key)
			o.later()
			if logged := o.shows(3); !strings.Contains(logged, "the old one stays") {
				t.Errorf("after a good one the log says %q, want the new fault", logged)
			}
		})
	}
}

// A certificate that is not in force yet is taken when it is, though its files do
// not change any more.
func TestACertificateIsTakenWhenItComesIntoForce(t *testing.T) {
	o := newOffice(t)
	o.shows(1)
	o.renew(o.pair(2, func(c *x509.Certificate) { c.NotBefore = o.clock.Add(2 * lookEvery) }))
	o.later()
	o.shows(1)
	o.later()
	o.later()
	o.shows(2)
}

// Of two pairs that were written within one step of the file system's clock, the
// second is taken, although neither time nor size tells it from the first.
func TestASecondPairOfTheSameTimeIsTaken(t *testing.T) {
	o := newOffice(t)
	o.later()
	first, key := o.pair(2, nil)
	o.renew(first, key)
	o.shows(2)
	second, key := o.pair(3, nil)
	if len(first) != len(second) {
		t.Fatalf("%d and %d bytes, want as many", len(first), len(second))
	}
	o.renew(second, key)
	o.later()
	o.shows(3)
}

// Files that have been left alone are not read again.
func TestFilesThatAreLeftAloneAreNotReadAgain(t *testing.T) {
	o := newOffice(t)
	o.shows(1)
	info, err := os.Stat(o.chain)
	if err != nil {
		t.Fatal(err)
	}
	o.put(o.chain, strings.Repeat("x", int(info.Size())), info.ModTime())
	o.later()
	if logged := o.shows(1); logged != "" {
		t.Errorf("the log says %s", logged)
	}
}

// Many handshakes at once see a whole pair each, whoever of them looks.
func TestHandshakesAtOnceSeeAWholePair(t *testing.T) {
	o := newOffice(t)
	o.renew(o.pair(2, nil))
	var mu sync.Mutex
	seen := map[int64]bool{}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				pair, err := o.config.GetCertificate(&tls.ClientHelloInfo{})
				if err != nil {
					t.Error(err)
					return
				}
				if !cmp.Equal(pair.PrivateKey.(crypto.Signer).Public(), pair.Leaf.PublicKey) {
					t.Error("the key is another certificate's")
				}
				mu.Lock()
				seen[pair.Leaf.SerialNumber.Int64()] = true
				mu.Unlock()
			}
		})
	}
	group.Wait()
	o.shows(2)
	delete(seen, 1)
	if diff := cmp.Diff(map[int64]bool{2: true}, seen); diff != "" {
		t.Error(diff)
	}
}
