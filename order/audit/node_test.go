package audit_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"crypto/ed25519"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/nodetest"
)

// What testdata/verify.mjs reads and writes.
type (
	exported struct {
		Log    string            `json:"log"`
		Orders []exportedOrder   `json:"orders"`
		Roots  []exportedRoot    `json:"roots"`
		Key    map[string]string `json:"key"`
	}
	exportedOrder struct {
		Key     string          `json:"key"`
		Entries []exportedEntry `json:"entries"`
	}
	exportedEntry struct {
		Content []string `json:"content"`
		Hash    string   `json:"hash"`
	}
	exportedRoot struct {
		Statement string         `json:"statement"`
		Heads     []exportedHead `json:"heads"`
	}
	exportedHead struct {
		Key  string `json:"key"`
		Seq  int64  `json:"seq"`
		Hash string `json:"hash"`
	}
	verdict struct {
		Entries int      `json:"entries"`
		Roots   int      `json:"roots"`
		Wrong   []string `json:"wrong"`
	}
)

// export reads a log as anybody can who has the tables and the documentation.
func (l *lab) export() exported {
	l.Helper()
	e := exported{Log: l.log.Name, Key: map[string]string{"kty": "OKP", "crv": "Ed25519",
		"x": base64.RawURLEncoding.EncodeToString(l.key.Public().(ed25519.PublicKey))}}
	of := tables(l.log)[0]
	for _, row := range l.all(of) {
		if n := len(e.Orders); n == 0 || e.Orders[n-1].Key != row[0] {
			e.Orders = append(e.Orders, exportedOrder{Key: row[0].(string)})
		}
		o := &e.Orders[len(e.Orders)-1]
		one := exportedEntry{Hash: row[2].(string)}
		for _, value := range row[3:] {
			one.Content = append(one.Content, fmt.Sprint(value))
		}
		o.Entries = append(o.Entries, one)
	}
	for i, statement := range l.roots() {
		r := exportedRoot{Statement: statement, Heads: []exportedHead{}}
		for _, row := range l.rows(`SELECT `+l.log.Key+`, seq, hash FROM `+l.log.Name+`_audit_heads WHERE root = $1 ORDER BY `+l.log.Key, i+1) {
			r.Heads = append(r.Heads, exportedHead{row[0].(string), row[1].(int64), row[2].(string)})
		}
		e.Roots = append(e.Roots, r)
	}
	return e
}

// The documentation is enough to verify a log in another language.
func TestAnotherLanguageVerifies(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(kind.name, func(t *testing.T) {
			l := kind.make(t, openStore(t))
			for n := range 40 {
				l.act(n)
				if n%15 == 14 {
					l.nextDay()
				}
			}
			l.nextDay()
			l.nextDay()
			e := l.export()
			good := l.verify()
			want := verdict{Entries: int(good.Entries), Roots: int(good.Roots), Wrong: []string{}}
			if diff := cmp.Diff(want, asked(t, e)); diff != "" || want.Roots != 4 {
				t.Errorf("as it is (-want +got):\n%s", diff)
			}
			e.Orders[1].Entries[0].Content[0] += "0"
			e.Roots[1].Heads[0].Seq++
			want.Wrong = []string{fmt.Sprintf("order %s, entry 1", e.Orders[1].Key), "root 2"}
			if diff := cmp.Diff(want, asked(t, e)); diff != "" {
				t.Errorf("changed (-want +got):\n%s", diff)
			}
		})
	}
}

func asked(t *testing.T, e exported) (v verdict) {
	t.Helper()
	input, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(nodetest.Script(t, input, filepath.Join("testdata", "verify.mjs")), &v); err != nil {
		t.Fatal(err)
	}
	return v
}
