package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/verify"
)

func key() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)) }

func jwks() string {
	x := base64.RawURLEncoding.EncodeToString(key().Public().(ed25519.PublicKey))
	return `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"` + x + `"}]}`
}

// signed is an address with the institution's signature.
func signed(t *testing.T, raw, merchant string, expires time.Time) string {
	t.Helper()
	a, err := verify.Parse(raw, nil)
	if err == nil {
		a, err = verify.Sign(key(), a, verify.Claims{Expires: expires, Merchant: merchant})
	}
	if err != nil {
		t.Fatal(err)
	}
	return a.String()
}

// start runs it as the command line does.
func start(t *testing.T, policy, in string) (status int, out, stderr string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(file, []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	var o, e bytes.Buffer
	status = run(t.Context(), []string{"-policy", file}, strings.NewReader(in), &o, &e)
	return status, o.String(), e.String()
}

// answers are the output, one for each line of input.
func answers(t *testing.T, policy, in string) (all []verdict) {
	t.Helper()
	status, out, stderr := start(t, policy, in)
	if status != 0 || stderr != "" {
		t.Fatalf("status %d: %s", status, stderr)
	}
	for line := range strings.Lines(out) {
		var v verdict
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, v)
	}
	return all
}

// short is what each address came to: by which method, or why not.
func short(all []verdict) (lines []string) {
	for _, v := range all {
		line := "opens " + v.Canonical + " by " + v.Method
		if !v.OK {
			line = "no:"
			for _, r := range v.Reasons {
				line += " " + r.Method + "/" + r.Code
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func TestPolicies(t *testing.T) {
	later := time.Now().Add(time.Hour)
	shop := signed(t, "https://pay.example/shop?m=1", "m-1", later)
	for name, c := range map[string]struct{ policy, in, want string }{
		"domain":             {`{"domains": ["pay.example"]}`, "HTTPS://A.Pay.Example:443?b", "opens https://a.pay.example/?b by domain"},
		"exact host":         {`{"mode": "any", "domains": ["=pay.example"]}`, "https://a.pay.example/", "no: domain/no_rule"},
		"below":              {`{"domains": ["*.pay.example"]}`, "https://a.pay.example/", "opens https://a.pay.example/ by domain"},
		"text":               {`{"text": {"value": "payicbc", "where": "path"}}`, "https://www.XXXX.com/UWd1pgwpayicbcfYrjnzni", "opens https://www.xxxx.com/UWd1pgwpayicbcfYrjnzni by string"},
		"text, no":           {`{"text": {"value": "payicbc", "where": "path"}}`, "https://www.XXXX.com/UWd1pgw-pA7EnHcfYrjnzni", "no: string/no_string"},
		"text in the query":  {`{"text": {"value": "payicbc", "where": "query"}}`, "https://www.xxxx.com/payicbc", "no: string/no_string"},
		"text anywhere":      {`{"text": {"values": ["agreed", "payicbc"]}}`, "https://www.xxxx.com/?payicbc", "opens https://www.xxxx.com/?payicbc by string"},
		"signature":          {`{"keys": ` + jwks() + `}`, shop, "opens " + shop + " by signature"},
		"own merchant":       {`{"keys": ` + jwks() + `, "merchant": "m-1"}`, shop, "opens " + shop + " by signature"},
		"other merchant":     {`{"keys": ` + jwks() + `, "merchant": "m-2"}`, shop, "no: signature/merchant"},
		"moved signature":    {`{"keys": ` + jwks() + `}`, strings.Replace(shop, "m=1", "m=2", 1), "no: signature/signature"},
		"revoked merchant":   {`{"keys": ` + jwks() + `, "revoked": {"merchants": ["m-1"]}}`, shop, "no: signature/revoked"},
		"all":                {`{"mode": "all", "keys": ` + jwks() + `, "domains": ["pay.example"]}`, shop, "opens " + shop + " by signature+domain"},
		"all, one refuses":   {`{"mode": "all", "keys": ` + jwks() + `, "domains": ["pay.example"]}`, "https://pay.example/", "no: signature/no_token"},
		"any, both refuse":   {`{"keys": ` + jwks() + `, "domains": ["pay.example"]}`, "https://evil.example/", "no: signature/no_token domain/no_rule"},
		"any, expired":       {`{"keys": ` + jwks() + `, "domains": ["pay.example"]}`, signed(t, "https://pay.example/", "", time.Unix(1, 0)), "opens " + signed(t, "https://pay.example/", "", time.Unix(1, 0)) + " by domain"},
		"ordered, expired":   {`{"mode": "ordered", "keys": ` + jwks() + `, "domains": ["pay.example"]}`, signed(t, "https://pay.example/", "", time.Unix(1, 0)), "no: signature/expired"},
		"ordered, no token":  {`{"mode": "ordered", "keys": ` + jwks() + `, "domains": ["pay.example"]}`, "https://pay.example/", "opens https://pay.example/ by domain"},
		"nothing is asked":   {`{}`, "https://pay.example/", "no: /undecided"},
		"plain http":         {`{"domains": ["shop.localhost"]}`, "http://shop.localhost/", "no: address/plain_http"},
		"development":        {`{"domains": ["shop.localhost"], "development": true}`, "http://shop.localhost:8080/", "opens http://shop.localhost:8080/ by domain"},
		"development abroad": {`{"domains": ["pay.example"], "development": true}`, "http://pay.example/", "no: address/plain_http"},
	} {
		got := strings.Join(short(answers(t, c.policy, c.in)), "\n")
		// All says each method's refusal; the first is enough here.
		if got != c.want && !strings.HasPrefix(got, c.want+" ") {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// One line in, one object out, whatever the line is.
func TestLines(t *testing.T) {
	long := strings.Repeat("a", maxLine+1)
	in := "https://pay.example/\n" + `"https://pay.example/\u0000"` + "\n" + `"https://pay.example/a"` + "\n\n" + `"open` + "\n" +
		"https://pay.example/\r\n" + long + "tail\nhttps://pay.example/b\xff\nhttps://pay.example/last"
	all := answers(t, `{"domains": ["pay.example"]}`, in)
	want := []string{
		"opens https://pay.example/ by domain",
		"no: address/character", // the byte 0
		"opens https://pay.example/a by domain",
		"no: address/scheme",
		"no: input/json",
		"no: address/character", // the carriage return
		"no: input/too_long",
		"no: address/character",
		"opens https://pay.example/last by domain",
	}
	if diff := cmp.Diff(want, short(all)); diff != "" {
		t.Fatal(diff)
	}
	if all[1].Input != "https://pay.example/\x00" || all[6].Input != long[:maxLine] {
		t.Errorf("inputs %q and %d bytes", all[1].Input, len(all[6].Input))
	}
	if all[0].Host != "pay.example" || all[1].Host != "" || all[1].Canonical != "" || len(all[1].Reasons[0].Zh) == 0 {
		t.Errorf("%+v", all[:2])
	}
}

// silent is an input where nobody writes; it says when somebody waits for it.
type silent struct {
	waits chan struct{}
	once  sync.Once
	end   <-chan struct{}
}

func (s *silent) Read([]byte) (int, error) {
	s.once.Do(func() { close(s.waits) })
	<-s.end
	return 0, io.EOF
}

// It ends when it is told to, also while nobody writes a line.
func TestEndsWhileItWaits(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(file, []byte(`{"domains": ["pay.example"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	end := make(chan struct{})
	defer close(end)
	in := &silent{waits: make(chan struct{}), end: end}
	ctx, cancel := context.WithCancel(t.Context())
	var o, e bytes.Buffer
	done := make(chan int, 1)
	go func() { done <- run(ctx, []string{"-policy", file}, in, &o, &e) }()
	<-in.waits
	cancel()
	if status := <-done; status != 1 || !strings.Contains(e.String(), "canceled") {
		t.Errorf("status %d, %s", status, e.String())
	}
}

// Every member stands in every object, so that a reader need not guess.
func TestMembers(t *testing.T) {
	_, out, _ := start(t, `{"domains": ["pay.example"]}`, "https://pay.example/\nhttps://evil.example/\n")
	for line := range strings.Lines(out) {
		var members map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &members); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"input", "ok", "canonical", "host", "method", "reasons", "matches"} {
			if value, ok := members[name]; !ok || string(value) == "null" {
				t.Errorf("%s: no %s", line, name)
			}
		}
	}
}

// A policy that is not understood opens nothing: the program says what is wrong
// and ends.
func TestPoliciesThatAreNone(t *testing.T) {
	for policy, want := range map[string]string{
		``:                            "is no policy",
		`[]`:                          "is no policy",
		`{"domain": ["pay.example"]}`: `unknown field "domain"`,
		`{"mode": "some"}`:            "any, all or ordered is right",
		`{"domains": []}`:             "none given",
		`{"domains": ["co.uk"]}`:      "is a public suffix",
		`{"text": {}}`:                "less than 6",
		`{"text": {"value": "payicbc", "where": "host"}}`:                   "path, query or anywhere is right",
		`{"keys": {"keys": []}}`:                                            "has 0 keys",
		`{"keys": {"keys": [{"kty": "oct"}]}}`:                              "k is missing",
		`{"merchant": "m-1"}`:                                               "give keys, too",
		`{"mode": "any", "mode": "all"}`:                                    `names "mode" twice`,
		`{"mode": "any", "Mode": "all"}`:                                    `names "mode" twice`,
		`{"mode": "all", "domains": null, "text": {"value": "payicbc"}}`:    `null for "domains"`,
		"{\"domains\": [\"a.example\"], \"domain\u017f\": [\"b.example\"]}": `names "domains" twice`,
		`{} {}`: "something follows",
		`{"keys": ` + jwks() + `, "scope": "all"}`:                   "address, prefix, host or domain is right",
		`{"keys": ` + jwks() + `, "plain": true, "merchant": "m-1"}`: "bound to no merchant",
	} {
		status, out, stderr := start(t, policy, "https://pay.example/\n")
		if status != 1 || out != "" || !strings.Contains(stderr, want) {
			t.Errorf("%s: status %d, %q, %q; want %q", policy, status, out, stderr, want)
		}
	}
	var e bytes.Buffer
	if status := run(t.Context(), nil, strings.NewReader(""), &e, &e); status != 2 || !strings.Contains(e.String(), "-policy is missing") {
		t.Errorf("status %d: %s", status, e.String())
	}
	if status := run(t.Context(), []string{"-policy", filepath.Join(t.TempDir(), "none")}, strings.NewReader(""), &e, &e); status != 1 {
		t.Errorf("status %d for no file", status)
	}
}

// The specification's plain form is accepted only where the file says so.
func TestPlain(t *testing.T) {
	a, err := verify.Parse("https://www.XXXX.com/", nil)
	if err == nil {
		a, err = verify.SignDomain(key(), a, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	for plain, want := range map[bool]string{false: "no: signature/no_token", true: "opens " + a.String() + " by signature"} {
		got := short(answers(t, fmt.Sprintf(`{"keys": %s, "plain": %t}`, jwks(), plain), a.String()))
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Error(diff)
		}
	}
}

func FuzzJudgeLine(f *testing.F) {
	f.Add([]byte("https://pay.example/"))
	f.Add([]byte(`"https://pay.example/\u00e9"`))
	f.Add([]byte("\"\xff\""))
	policy, err := parsePolicy([]byte(`{"domains": ["pay.example"]}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		v := judgeLine(t.Context(), policy, line)
		if v.OK != (len(v.Reasons) == 0) || v.OK != (v.Canonical != "") || v.OK && !strings.HasSuffix(v.Host, "pay.example") {
			t.Fatalf("%q: %+v", line, v)
		}
	})
}
