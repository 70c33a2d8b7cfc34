package audit

import (
	"fmt"
	"strings"
)

// A Problem is what is wrong with a log, for a program to branch on.
type Problem string

// The problems.
const (
	// Removed: an entry, an order or a root that was there is gone.
	Removed Problem = "removed"
	// Changed: what an entry says, or what stands before it, is not what its hash
	// was made of.
	Changed Problem = "changed"
	// Added: an entry, or an order in a root, that nobody wrote.
	Added Problem = "added"
	// Mismatch: what the order's row says is not what its history says.
	Mismatch Problem = "mismatch"
	// Forged: a root is not what was signed, or not signed by a key that is
	// trusted, or it is not the one that was kept elsewhere.
	Forged Problem = "forged"
	// Unsigned: a root is not signed yet. While a notary makes one, verify again a
	// little later; else somebody removed the signature.
	Unsigned Problem = "unsigned"
)

// A Finding is one thing that is wrong with a log, and where.
type Finding struct {
	Problem Problem
	Order   string // the key of the order, "" where it is about a root
	Entry   int64  // the number of the entry, 0 where it is about the order or a root
	Root    int64  // the number of the root, 0 where it is not about one
	Detail  string // what differs
}

// String is the finding in one line.
func (f Finding) String() string {
	var where []string
	if f.Order != "" {
		where = append(where, fmt.Sprintf("order %.64q", f.Order))
	}
	if f.Entry != 0 {
		where = append(where, fmt.Sprintf("entry %d", f.Entry))
	}
	if f.Root != 0 || len(where) == 0 {
		where = append(where, fmt.Sprintf("root %d", f.Root))
	}
	return fmt.Sprintf("%s, %s: %s", strings.Join(where, ", "), f.Problem, f.Detail)
}

// A Report is what [Verify] read and found. A log without findings is whole.
type Report struct {
	Orders  int64 // orders read
	Entries int64 // entries read
	// Unchained is how many entries are from before there were chains. There can
	// never be more of them than there were when the chains began.
	Unchained int64
	Open      int64     // orders that changed since the latest root, which no root covers as they are now
	Roots     int64     // roots read
	Day       string    // of the latest root that is good, "" for none
	Findings  []Finding // the first 1000
	More      int64     // how many there are beside those
}

// maxFindings bounds what one report holds.
const maxFindings = 1000

func (r *Report) add(f Finding) {
	if len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, f)
	} else {
		r.More++
	}
}
