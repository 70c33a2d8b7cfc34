package reconcile

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"testing"
)

// signedAnew puts a signature that is good under whatever stands there.
func signedAnew(t testing.TB, f Format, body []byte) []byte {
	t.Helper()
	sum := sha256.Sum256(body)
	pairs, err := sign(testKey(), sum[:])
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.spelling()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pairs {
		r := pairRow(recordSignature, p)
		body = s.line(body, &r)
	}
	return body
}

// bodies are files without their signatures.
func bodies(t testing.TB, f Format) (all [][]byte) {
	t.Helper()
	h := testHeader(t)
	e := testEntry(h.Period, 2)
	e.Reference = `=a,"b" \`
	for _, raw := range [][]byte{written(t, f, h), written(t, f, h, testEntry(h.Period, 1), e, testEntry(h.Period, 9))} {
		lines := bytes.SplitAfter(raw, []byte("\n"))
		all = append(all, bytes.Join(lines[:len(lines)-4], nil))
	}
	return all
}

// Whatever is signed, a reader refuses it with a *FileError, or it is a file that
// a writer makes of the same content, byte by byte.
func fuzzReader(f *testing.F, format Format) {
	for _, body := range bodies(f, format) {
		f.Add(body)
	}
	keys := keysOf(f, testKey().Public())
	f.Fuzz(func(t *testing.T, body []byte) {
		raw := signedAnew(t, format, bytes.Clone(body))
		r, all, err := read(raw, keys, nil)
		if err != nil {
			if _, told := errors.AsType[*FileError](err); !told {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		if again := written(t, format, r.Header(), all...); !bytes.Equal(again, raw) {
			t.Fatalf("read\n%q\nwritten\n%q", raw, again)
		}
	})
}

func FuzzReadCSV(f *testing.F) { fuzzReader(f, CSV) }

func FuzzReadJSONLines(f *testing.F) { fuzzReader(f, JSONLines) }
