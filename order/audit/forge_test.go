package audit_test

import (
	"crypto"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order/audit"
)

// problems are the kinds of what is found, sorted, each once.
func problems(r audit.Report) (all []audit.Problem) {
	for _, f := range r.Findings {
		all = append(all, f.Problem)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// rewrite makes an order's history say something else, with every hash made anew
// up to the order's row: what somebody does who has the database and knows how it
// works.
func (l *lab) rewrite(key, why string) {
	l.Helper()
	before := audit.First(0)
	for _, row := range l.rows(`SELECT seq, `+strings.Join(l.log.Content, ", ")+` FROM `+l.log.Name+`_audit WHERE `+l.log.Key+` = $1 ORDER BY seq`, key) {
		var content []string
		for i, value := range row[1:] {
			if l.log.Content[i] == "why" {
				value = why
			}
			content = append(content, fmt.Sprint(value))
		}
		before = l.log.Entry(before, key, row[0].(int64), content...)
		l.must(`UPDATE `+l.log.Name+`_audit SET why = $1, hash = $2 WHERE `+l.log.Key+` = $3 AND seq = $4`, why, before, key, row[0])
	}
	l.must(`UPDATE `+l.log.Name+`_orders SET audit_head = $1 WHERE `+l.log.Key+` = $2`, before, key)
}

// first is the key of the order that was made first.
func (l *lab) first() string {
	return l.rows(`SELECT MIN(` + l.log.Key + `) FROM ` + l.log.Name + `_orders`)[0][0].(string)
}

// The further somebody goes who makes everything anew, the more it takes to find
// it, and what finds it in the end is what left the house.
func TestMakingHashesAnew(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(kind.name, func(t *testing.T) {
			l := kind.make(t, openStore(t))
			for n := range 12 {
				l.act(n)
			}
			key := l.first()
			l.rewrite(key, "before any root")
			if r := l.verify(); len(r.Findings) > 0 || r.Open != r.Orders {
				t.Fatalf("what no root covers is found, which the documents deny: %+v", r)
			}
			l.nextDay()
			l.act(0)
			l.nextDay()
			kept := l.roots()
			if r := l.verify(kept...); len(r.Findings) > 0 || r.Roots != 2 || r.Open != 0 || r.Day != "2026-11-24" {
				t.Fatalf("before: %+v", r)
			}

			l.rewrite(key, "something else")
			if got := problems(l.verify()); !slices.Equal(got, []audit.Problem{audit.Changed}) {
				t.Errorf("a history made anew: %v", got)
			}
			l.recover(key)
			if got := problems(l.verify()); !slices.Equal(got, []audit.Problem{audit.Forged}) {
				t.Errorf("and the root's heads: %v", got)
			}
			other := newKey(2)
			l.sign(other)
			if got := problems(l.verify()); !slices.Equal(got, []audit.Problem{audit.Forged}) {
				t.Errorf("and signed with another key: %v", got)
			}
			l.sign(l.key)
			if got := problems(l.verify()); len(got) > 0 {
				t.Errorf("with the very key nobody can find it in the house, and %v was", got)
			}
			if got := problems(l.verify(kept...)); !slices.Equal(got, []audit.Problem{audit.Forged}) {
				t.Errorf("held to what was kept elsewhere: %v", got)
			}
		})
	}
}

// recover makes the first root's heads fit the order's history, without signing.
func (l *lab) recover(key string) {
	l.Helper()
	l.must(`UPDATE `+l.log.Name+`_audit_heads SET hash = (SELECT e.hash FROM `+l.log.Name+`_audit e
		WHERE e.`+l.log.Key+` = `+l.log.Name+`_audit_heads.`+l.log.Key+` AND e.seq = `+l.log.Name+`_audit_heads.seq) WHERE `+l.log.Key+` = $1`, key)
	heads := ""
	for _, row := range l.rows(`SELECT ` + l.log.Key + `, seq, hash FROM ` + l.log.Name + `_audit_heads WHERE root = 1 ORDER BY ` + l.log.Key) {
		heads = l.log.Head(heads, row[0].(string), row[1].(int64), row[2].(string))
	}
	l.must(`UPDATE `+l.log.Name+`_audit_roots SET heads = $1 WHERE number = 1`, heads)
}

// sign signs both roots anew.
func (l *lab) sign(key crypto.Signer) {
	l.Helper()
	previous := ""
	for _, row := range l.rows(`SELECT number, day, orders, heads FROM ` + l.log.Name + `_audit_roots ORDER BY number`) {
		r := audit.Root{Log: l.log.Name, Number: row[0].(int64), Day: row[1].(string), Made: l.clock().Truncate(time.Second),
			Orders: row[2].(int64), Heads: row[3].(string), Previous: previous}
		if err := r.Sign(key); err != nil {
			l.Fatal(err)
		}
		l.must(`UPDATE `+l.log.Name+`_audit_roots SET statement = $1 WHERE number = $2`, r.Statement, r.Number)
		previous = audit.Digest(r.Statement)
	}
}

// What is wrong is told with its place.
func TestFindingsTellWhere(t *testing.T) {
	for name, test := range map[string]struct {
		statement string
		want      string
	}{
		"an entry in the middle": {`DELETE FROM acquirer_audit WHERE order_id = $1 AND seq = 2`,
			`order "KEY", entry 2, removed: is gone: entry 3 follows entry 1`},
		"the last entry": {`DELETE FROM acquirer_audit WHERE order_id = $1 AND seq = 3`,
			`order "KEY", entry 3, removed: is gone: the history ends with entry 2 of 3`},
		"a whole history": {`DELETE FROM acquirer_audit WHERE order_id = $1`,
			`order "KEY", removed: its history is gone, entries 1 to 3`},
		"an order and its history": {`DELETE FROM acquirer_orders WHERE order_id = $1`,
			`order "KEY", removed: the order is gone, its history up to entry 3 is there`},
		"a state": {`UPDATE acquirer_orders SET state = 'open' WHERE order_id = $1`,
			`order "KEY", mismatch: the order is "open", by its history it is "paid"`},
		"a reason": {`UPDATE acquirer_audit SET why = 'asked' WHERE order_id = $1 AND seq = 3`,
			`order "KEY", entry 3, changed: what it says, after "`},
		"an entry too many": {`INSERT INTO acquirer_audit SELECT order_id, 4, at, from_state, to_state, version, why, hash, actor, what FROM acquirer_audit WHERE order_id = $1 AND seq = 3`,
			`order "KEY", entry 4, added: the history ends with entry 3 by the order's row`},
	} {
		t.Run(name, func(t *testing.T) {
			l := newAcquirerLab(t, openStore(t))
			l.act(0)
			l.act(1)
			key := l.first()
			l.must(test.statement, key)
			r := l.verify()
			want := strings.ReplaceAll(test.want, "KEY", key)
			if !slices.ContainsFunc(r.Findings, func(f audit.Finding) bool { return strings.HasPrefix(f.String(), want) }) {
				t.Errorf("found %v, want %s", r.Findings, want)
			}
		})
	}
}

// Entries from before there were chains come first and have no hash. The first one
// after them says how many they are.
func TestEntriesFromBeforeThereWereChains(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(kind.name, func(t *testing.T) {
			l := kind.make(t, openStore(t))
			l.act(0) // acquirer: confirmed, placed; clearing: placed
			l.unchain()
			old := l.verify()
			if len(old.Findings) > 0 || old.Unchained != old.Entries || old.Entries == 0 || old.Open != 0 {
				t.Fatalf("as it was before: %+v", old)
			}
			l.act(1) // the same order changes
			now := l.verify()
			if len(now.Findings) > 0 || now.Unchained != old.Entries || now.Entries <= old.Entries || now.Open != 1 {
				t.Fatalf("after the order changed: %+v", now)
			}
			l.nextDay()
			if r := l.verify(); len(r.Findings) > 0 || r.Open != 0 || r.Roots != 1 {
				t.Fatalf("after the day: %+v", r)
			}
			l.must(`DELETE FROM ` + l.log.Name + `_audit WHERE seq = 1`)
			l.must(`UPDATE ` + l.log.Name + `_audit SET seq = seq - 1`)
			l.must(`UPDATE ` + l.log.Name + `_orders SET ` + l.log.Seq + ` = ` + l.log.Seq + ` - 1`)
			if got := problems(l.verify()); !slices.Contains(got, audit.Changed) {
				t.Errorf("the first of them is gone, and the others moved up: %v", got)
			}
		})
	}
}

// unchain takes everything off a log that came with the chains.
func (l *lab) unchain() {
	l.Helper()
	l.must(`UPDATE ` + l.log.Name + `_audit SET hash = ''`)
	l.must(`UPDATE ` + l.log.Name + `_orders SET audit_head = '', audit_root = -1`)
	if l.log.Seq == "audit_seq" {
		l.must(`UPDATE ` + l.log.Name + `_orders SET audit_seq = 0`)
	}
}
