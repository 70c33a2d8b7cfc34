package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

func clearingProgram(t *testing.T, args ...string) (status int, out, stderr string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, nil, &o, &e)
	return status, o.String(), e.String()
}

// example is the configuration of this folder in a folder of its own, after
// change has had its way with it.
func example(t *testing.T, change func(c map[string]any)) (file string) {
	t.Helper()
	raw, err := os.ReadFile("clearing.json")
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]any
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	c["directory"] = map[string]any{"acquirers": []any{}}
	if change != nil {
		change(c)
	}
	if raw, err = json.Marshal(c); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "clearing.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// export sets the variables that -genkeys prints, and gives their names.
func export(t *testing.T, config string) (names []string) {
	t.Helper()
	status, out, stderr := clearingProgram(t, "-config", config, "-genkeys")
	if status != 0 {
		t.Fatal(stderr)
	}
	for line := range strings.Lines(out) {
		name, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "export ")), "=")
		if !ok {
			t.Fatalf("%q is no export", line)
		}
		t.Setenv(name, value)
		names = append(names, name)
	}
	return names
}

// The example of this folder is a configuration with which everything opens.
func TestTheExampleIsValid(t *testing.T) {
	c, err := readConfig("clearing.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.check("clearing.json"); err != nil {
		t.Error(err)
	}
	acquirers, file, err := c.acquirers()
	if err != nil || len(acquirers) != 1 || file != "acquirers.json" {
		t.Errorf("the directory: %d acquirers of %q, %v", len(acquirers), file, err)
	}
}

// Every variable that the file or its directory names is generated, and each that
// is missing is told with its place.
func TestSecretsAreNamedByTheirVariables(t *testing.T) {
	shared := map[string]any{"name": "south", "keys": map[string]any{"keys": []any{map[string]any{"kty": "oct", "secret_env": "SOUTH_SECRET"}}}}
	config := example(t, func(c map[string]any) {
		c["directory"] = map[string]any{"acquirers": []any{shared}}
		c["listen"] = "127.0.0.1:0" // somebody may be trying the example out
	})
	names := export(t, config)
	want := []string{"BLUE_SECRET", "GATEWAY_CODES", "GATEWAY_KEY", "GATEWAY_TOKENS_1", "GATEWAY_WEBHOOKS_1", "GREEN_SECRET", "SOUTH_SECRET"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	for _, name := range want {
		t.Setenv(name, "aHVudGVyMg==")
	}
	status, _, stderr := clearingProgram(t, "-config", config)
	if status != 1 || strings.Contains(stderr, "hunter2") || strings.Contains(stderr, "aHVu") {
		t.Errorf("status %d, %s", status, stderr)
	}
	for _, told := range []string{"/keys/messages_env: GATEWAY_KEY", "/keys/codes_env: GATEWAY_CODES", "/keys/tokens_env/1: GATEWAY_TOKENS_1", "/keys/webhooks_env/1: GATEWAY_WEBHOOKS_1",
		"/components/0/secret_env: BLUE_SECRET", "/components/1/secret_env: GREEN_SECRET"} {
		if !strings.Contains(stderr, told) {
			t.Errorf("%q is not told: %s", told, stderr)
		}
	}
	export(t, config)
	t.Setenv("SOUTH_SECRET", "")
	if status, _, stderr := clearingProgram(t, "-config", config); status != 1 || !strings.Contains(stderr, "SOUTH_SECRET") {
		t.Errorf("without the acquirer's: status %d, %s", status, stderr)
	}
}

func TestPublicKeysAreWritten(t *testing.T) {
	config, dir := example(t, nil), t.TempDir()
	export(t, config)
	if status, _, stderr := clearingProgram(t, "-config", config, "-publish", dir); status != 0 {
		t.Fatal(stderr)
	}
	seen := map[string]bool{}
	for _, name := range []string{"gateway.jwks", "codes.jwks"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		keys, err := wire.ParseKeySet(raw)
		if err != nil || len(keys) != 1 || seen[string(raw)] {
			t.Errorf("%s: %d keys, %v, %s", name, len(keys), err, raw)
		}
		seen[string(raw)] = true
	}
}

// What is wrong with a configuration is told with its path, all of it at once.
func TestProblemsHaveTheirPaths(t *testing.T) {
	set := func(member string, value any) func(map[string]any) {
		return func(c map[string]any) { c[member] = value }
	}
	account := func(change ...any) map[string]any {
		a := map[string]any{"kind": "sandbox", "name": "blue", "title": "Blue", "merchant": "m", "secret_env": "BLUE"}
		for i := 0; i < len(change); i += 2 {
			a[change[i].(string)] = change[i+1]
		}
		return a
	}
	for name, c := range map[string]struct {
		change func(map[string]any)
		want   []string
	}{
		"unknown":         {set("polcy", map[string]any{}), []string{"/polcy"}},
		"letter case":     {set("Listen", "127.0.0.1:1"), []string{"/Listen"}},
		"wrong kind":      {set("listen", 8080), []string{"/listen"}},
		"no port":         {set("listen", "gateway"), []string{"/listen"}},
		"database":        {set("db", "postgres://me:hunter2@db.example/x"), []string{"/db"}},
		"half of TLS":     {set("tls", map[string]any{"certificate": "gateway.pem", "client_ca": ""}), []string{"/tls"}},
		"nobody ends TLS": {set("tls", map[string]any{"client_ca": "acquirers.pem"}), []string{"/tls/client_ca"}},
		"unknown of TLS":  {set("tls", map[string]any{"cert": "gateway.pem"}), []string{"/tls/cert"}},
		"policy": {set("policy", map[string]any{"mode": "auto", "default": "gold", "rules": []any{map[string]any{"name": "night", "offer": []any{"gold"}}}}),
			[]string{"/policy/default", "/policy/mode", "/policy/rules/0/offer/0"}},
		"unknown of a rule": {set("policy", map[string]any{"rules": []any{map[string]any{"name": "night", "hour": "22"}}}), []string{"/policy/rules/0/hour"}},
		"production":        {set("development", false), []string{"/base", "/wallet"}},
		"no directory":      {func(c map[string]any) { delete(c, "directory") }, []string{"/directory"}},
		"null directory":    {set("directory", nil), []string{"/directory"}},
		"component":         {set("components", []any{account("kind", "gold"), account("secret_env", "hunter2 ")}), []string{"/components/0/kind", "/components/1/merchant", "/components/1/secret_env"}},
		"no company":        {func(c map[string]any) { delete(c, "wallet") }, []string{"/components/0/provider", "/components/1/provider"}},
		"no keys":           {set("keys", map[string]any{}), []string{"/keys/codes_env", "/keys/messages_env", "/keys/messages_env", "/keys/tokens_env"}},
		"one for all":       {set("keys", map[string]any{"messages_env": "K", "codes_env": "K", "tokens_env": map[string]any{"1": "K"}}), []string{"/keys/messages_env", "/keys/tokens_env/1"}},
		"version":           {set("keys", map[string]any{"messages_env": "K", "codes_env": "L", "tokens_env": map[string]any{"01": "M", "0": "N"}, "webhooks_env": map[string]any{"x": "O"}}), []string{"/keys/tokens_env/0", "/keys/tokens_env/01", "/keys/webhooks_env/x"}},
		"secret for name":   {set("keys", map[string]any{"messages_env": "hunter2+/=", "codes_env": "L", "tokens_env": map[string]any{"1": "M"}}), []string{"/keys/messages_env"}},
	} {
		file := example(t, c.change)
		read, err := readConfig(file)
		if err == nil {
			err = read.check(file)
		}
		bad, ok := errors.AsType[*order.Error](err)
		if !ok || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var paths []string
		for _, p := range bad.Problems {
			paths = append(paths, p.Path)
		}
		slices.Sort(paths)
		if diff := cmp.Diff(c.want, paths); diff != "" {
			t.Errorf("%s: %s\n%v", name, diff, err)
		}
	}
}

// The library's own problems end the program before it listens to anybody, with
// the member that they are about.
func TestWhatTheLibraryRefusesIsTold(t *testing.T) {
	for says, change := range map[string]func(map[string]any){
		"/directory: ": func(c map[string]any) { c["directory"] = "missing.json" },
		"/acquirers/0/nam ": func(c map[string]any) {
			c["directory"] = map[string]any{"acquirers": []any{map[string]any{"nam": "x"}}}
		},
		"/components/0: sandbox":   func(c map[string]any) { c["components"].([]any)[0].(map[string]any)["title"] = "" },
		"/components: ":            func(c map[string]any) { c["components"].([]any)[1].(map[string]any)["name"] = "blue" },
		"/base":                    func(c map[string]any) { c["base"] = "http://pay.example" },
		"gateway.db: no such file": func(c map[string]any) { c["db"] = "missing/gateway.db" },
		"/tls: open ":              func(c map[string]any) { c["tls"] = map[string]any{"certificate": "missing.pem", "key": "missing.key"} },
		"/tls/ca: open ":           func(c map[string]any) { c["tls"] = map[string]any{"ca": "missing.pem"} },
		"/wallet: sandbox: ledger": func(c map[string]any) { c["wallet"].(map[string]any)["ledger"] = "missing/wallet.jsonl" },
	} {
		config := example(t, func(c map[string]any) {
			c["listen"], c["wallet"].(map[string]any)["listen"] = "127.0.0.1:0", "127.0.0.1:0"
			change(c)
		})
		t.Run(says, func(t *testing.T) {
			good := example(t, nil)
			export(t, good)
			status, out, stderr := clearingProgram(t, "-config", config)
			if status != 1 || !strings.Contains(stderr, says) || out != "" {
				t.Errorf("status %d, %q, %s", status, out, stderr)
			}
		})
	}
}

func TestACommandLineThatIsNotUnderstood(t *testing.T) {
	for _, args := range []string{"-x", "now", "-db postgres://me:hunter2@db.example/x", "-db mysql://db.example/x"} {
		status, out, stderr := clearingProgram(t, strings.Fields(args)...)
		if status != 2 || stderr == "" || out != "" || strings.Contains(stderr, "hunter2") {
			t.Errorf("%s: status %d, %q; want 2 and why", args, status, stderr)
		}
	}
	if status, _, help := clearingProgram(t, "-h"); status != 0 || !strings.Contains(help, "-publish DIR") {
		t.Errorf("-h: status %d, %q", status, help)
	}
	if status, _, stderr := clearingProgram(t, "-config", filepath.Join(t.TempDir(), "missing.json")); status != 1 || !strings.Contains(stderr, "missing.json") || !strings.Contains(stderr, "examples/clearing/clearing.json") {
		t.Errorf("no file: status %d, %q", status, stderr)
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	config := example(t, nil)
	export(t, config)
	c, err := readConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.secrets(os.LookupEnv)
	if text := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); err != nil || strings.Trim(text, "[]secrt ") != "" {
		t.Errorf("%q, %v", text, err)
	}
}
