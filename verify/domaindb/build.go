package domaindb

import (
	"bufio"
	"crypto"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/anyscan/anyscan/internal/jwk"
)

// Edition is what tells one file from the next.
type Edition struct {
	// Version grows with each file: an older one is never installed over it. Unix
	// seconds will do.
	Version uint64
	// FreshUntil is when the file ceases to decide, in whole seconds. Leave time to
	// reach every terminal with the next. Required.
	FreshUntil time.Time
}

// Build reads rules, one a line in the forms of [verify.NewDomains], and writes
// the file of them, signed. Empty lines and those that begin with # are skipped;
// a rule that stands twice counts once. It holds all names in memory, about three
// times their text. The same rules, edition and key give the same file where the
// key's signatures do.
//
// signer holds an Ed25519 key, one on P-256 or an RSA key of 2048 to 4096 bits
// (PSS with SHA-512); keep it where the rules are made, not where they are served.
//
// The error is a [*RulesError] with every rule that is none; nothing was written
// then.
func Build(w io.Writer, rules io.Reader, e Edition, signer crypto.Signer) (Info, error) {
	if err := checkEdition(e, signer); err != nil {
		return Info{}, err
	}
	s, err := readRules(rules)
	if err != nil {
		return Info{}, err
	}
	h, content, err := s.lay(e)
	if err != nil {
		return Info{}, err
	}
	trailer, err := signFile(signer, content)
	if err != nil {
		return Info{}, err
	}
	out := bufio.NewWriterSize(w, 1<<20)
	if _, err := out.Write(content); err != nil {
		return Info{}, err
	}
	if _, err := out.Write(trailer); err != nil {
		return Info{}, err
	}
	return h.info(), out.Flush()
}

func checkEdition(e Edition, signer crypto.Signer) error {
	switch {
	case signer == nil:
		return errors.New("domaindb: the signer is nil")
	case jwk.Check(signer.Public()) != nil:
		return fmt.Errorf("domaindb: the signer holds %w", jwk.Check(signer.Public()))
	case e.FreshUntil.Unix() <= 0:
		return errors.New("domaindb: FreshUntil is missing: say until when the file counts")
	case e.Version == 0:
		return errors.New("domaindb: Version is missing: give each file a larger one")
	}
	return nil
}

// message is what a file's signature is over.
func message(sum []byte) []byte { return append([]byte(signedPrefix), sum...) }

func signFile(signer crypto.Signer, content []byte) ([]byte, error) {
	sum := sha256.Sum256(content)
	signature, err := jwk.Sign(signer, message(sum[:]))
	if err != nil {
		return nil, fmt.Errorf("domaindb: sign: %w", err)
	}
	if !jwk.Verify(signer.Public(), message(sum[:]), signature) {
		return nil, errors.New("domaindb: the signer made a signature that its public key does not verify")
	}
	id, err := thumbprint(signer.Public())
	if err != nil {
		return nil, err
	}
	return append(binary.LittleEndian.AppendUint16(id, uint16(len(signature))), signature...), nil
}

// lay lays the rules out as a file without its trailer. The seed follows from the
// rules, so that nobody can choose names that meet in one bucket, and one build is
// like the next.
func (s *rules) lay(e Edition) (header, []byte, error) {
	sum := sha256.Sum256(s.text)
	for try := range 8 {
		h := header{version: e.Version, fresh: e.FreshUntil.Unix(), buckets: uint64(len(s.names)/perBucket + 1),
			seed: binary.LittleEndian.Uint64(sum[8*(try%4):]) + uint64(try/4)}
		if index, blob, ok := s.buckets(&h); ok {
			content := h.append(make([]byte, 0, headerSize+len(index)+len(blob)))
			return h, append(append(content, index...), blob...), nil
		}
	}
	return header{}, nil, errors.New("domaindb: the names cannot be spread: too many meet in one bucket, or they have more than 4 GiB")
}

// buckets is a counting sort of the names.
func (s *rules) buckets(h *header) (index, blob []byte, ok bool) {
	ends := make([]uint32, h.buckets+1)
	for _, n := range s.names {
		ends[bucketOf(hash(h.seed, s.name(n)), h.buckets)+1]++
	}
	for i := range h.buckets {
		ends[i+1] += ends[i]
	}
	order := make([]uint32, len(s.names))
	at := append([]uint32(nil), ends...)
	for i, n := range s.names {
		b := bucketOf(hash(h.seed, s.name(n)), h.buckets)
		order[at[b]] = uint32(i)
		at[b]++
	}
	blob = make([]byte, 0, len(s.text)+2*len(s.names))
	index = binary.LittleEndian.AppendUint32(make([]byte, 0, 4*(h.buckets+1)), 0)
	for b := range h.buckets {
		var names int
		blob, names = s.appendBucket(blob, order[ends[b]:ends[b+1]])
		if names > mostInBucket || len(blob) > mostBytes {
			return nil, nil, false
		}
		h.names += uint64(names)
		index = binary.LittleEndian.AppendUint32(index, uint32(len(blob)))
	}
	h.bytes = uint64(len(blob))
	return index, blob, true
}

// appendBucket writes each name once, with all its rules. It ends early where there
// are more than a bucket may have.
func (s *rules) appendBucket(blob []byte, bucket []uint32) (_ []byte, names int) {
	var space [mostInBucket + 1]name
	distinct := space[:0]
	for _, at := range bucket {
		n := s.names[at]
		i := slices.IndexFunc(distinct, func(d name) bool { return s.name(d) == s.name(n) })
		switch {
		case i >= 0:
			distinct[i].kind |= n.kind
		case len(distinct) > mostInBucket:
			return blob, len(distinct)
		default:
			distinct = append(distinct, n)
		}
	}
	for _, n := range distinct {
		blob = appendEntry(blob, s.name(n), n.kind)
	}
	return blob, len(distinct)
}
