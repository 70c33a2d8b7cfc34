package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// A Log says where the history of one kind of orders is kept. It is made by the
// package that keeps it: acquirer.AuditLog, clearing.AuditLog.
//
// A log named x has four tables: x_orders, with the columns audit_head and
// audit_root beside those named here; x_audit, with the columns seq and hash
// beside those named here; x_audit_roots; and x_audit_heads. Among the content are
// what, which is "order" if the entry is about the order itself, and to_state,
// the state that this then has.
type Log struct {
	Name    string   // part of every hash, so that one log's entries are never another's
	Key     string   // the column that names the order, in every table but the roots'
	Seq     string   // the column of an order's row that counts its entries
	Content []string // the columns of an entry that its hash covers, in that order
}

// None is what an order's row holds as its root, from before there were chains
// until it first changes.
const None = -1

// Entry is the hash of an entry: over the hash of the entry before it, the order's
// key, its own number from 1 and its content. The first entry of a chain has
// [First] before it. Numbers among the content are in decimal.
func (l Log) Entry(before, key string, seq int64, content ...string) string {
	e := l.encoding("entry", before, key, seq)
	for _, text := range content {
		e = field(e, text)
	}
	return sum(e)
}

// First stands for the entry before a chain's first one. It says how many
// entries the order has from before there were chains, which have no hash: 0 for
// an order that was made since.
func First(unchained int64) string { return strconv.FormatInt(unchained, 10) }

// head is the hash over one order's head within a root: over what the heads
// before it came to, "" at first.
func (l Log) head(before, key string, seq int64, hash string) string {
	return sum(field(l.encoding("root", before, key, seq), hash))
}

func (l Log) encoding(of, before, key string, seq int64) []byte {
	e := make([]byte, 0, 512) // what most entries fit into
	e = field(e, "anyscan "+l.Name+" audit "+of+" v1")
	e = field(e, before)
	e = field(e, key)
	return field(e, strconv.FormatInt(seq, 10))
}

// field adds a netstring: the length in decimal, a colon, the bytes, a comma.
func field(e []byte, text string) []byte {
	e = strconv.AppendInt(e, int64(len(text)), 10)
	e = append(append(e, ':'), text...)
	return append(e, ',')
}

func sum(e []byte) string {
	s := sha256.Sum256(e)
	return hex.EncodeToString(s[:])
}
