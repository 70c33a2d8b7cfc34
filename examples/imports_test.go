package examples_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/anyscan/anyscan/"

// rule says what the packages below a path may import: of ours, by the path
// below the module, and of others, by module. A package follows the longest
// path that fits; it may always import what lies below its own rule's path.
type rule struct {
	ours   string
	others string
}

// rules is the house, from the ground up. Imports point down; nothing but a
// transport imports a transport; what is heavy sits in leaves.
func rules() map[string]rule {
	const (
		jsonschema = "github.com/google/jsonschema-go"
		goCmp      = "github.com/google/go-cmp"
		pgx        = "github.com/jackc/pgx/v5"
		webhooks   = "github.com/standard-webhooks/standard-webhooks/libraries"
	)
	return map[string]rule{
		"verify":             {"internal/jwk internal/plainjson", "golang.org/x/net"}, // the public suffix list
		"verify/verifytest":  {"verify", goCmp},
		"verify/feed":        {"verify", ""},
		"verify/domaindb":    {"verify internal/jwk", "golang.org/x/sys"}, // maps files into memory
		"scan/barcode":       {"", "github.com/makiuchi-d/gozxing golang.org/x/image golang.org/x/text"},
		"scan/barcode/print": {"scan/barcode", "github.com/makiuchi-d/gozxing github.com/skip2/go-qrcode golang.org/x/image"},
		"scan/barcode/print/sheet": {"scan/barcode scan/barcode/print scan/barcode/print/internal/outline",
			"codeberg.org/go-pdf/fpdf github.com/go-text/typesetting golang.org/x/image golang.org/x/text"}, // writes PDF, sets text
		"scan/barcode/emvco":      {"", ""},
		"order":                   {"", ""},
		"order/store":             {"", ""},
		"order/store/sqlite":      {"order/store", "modernc.org/sqlite"},
		"order/store/postgres":    {"order/store", pgx},
		"internal/pgtest":         {"order/store order/store/postgres", pgx},
		"internal/plantest":       {"order/store order/store/postgres internal/pgtest", pgx + " modernc.org/sqlite"},
		"internal/outbox":         {"order/store", ""},
		"internal/flood":          {"", ""},
		"internal/merge":          {"order/reconcile", ""},
		"internal/jwk":            {"", ""},
		"internal/plainjson":      {"", ""},
		"internal/public":         {"", ""},
		"internal/nodetest":       {"", ""},
		"internal/minttest":       {"order verify", ""},
		"order/wire":              {"order internal/flood internal/jwk", ""},
		"order/reconcile":         {"order internal/jwk", ""},
		"order/wire/openapi":      {"", ""},
		"component":               {"order", jsonschema},
		"component/sandbox":       {"component order order/reconcile", jsonschema},
		"component/alipay":        {"component order", jsonschema},
		"component/webpayment":    {"component order internal/jwk", jsonschema}, // jwk: names and checks Ed25519 keys
		"component/componenttest": {"component order", goCmp + " " + jsonschema},
		"component/stripe":        {"component order", jsonschema + " github.com/stripe/stripe-go/v85"}, // Stripe's own library
		"component/wechatpay":     {"component order", jsonschema},
		"gateway":                 {"component order", ""},
		"order/audit":             {"order/store internal/outbox internal/jwk", ""},
		"order/acquirer":          {"order order/audit order/reconcile order/store internal/merge internal/outbox verify", ""},
		"order/ordertest":         {"order", goCmp},
		"gateway/webhook":         {"order order/store order/wire internal/outbox internal/public verify", webhooks},
		"gateway/clearing":        {"gateway gateway/webhook component order order/audit order/reconcile order/store internal/merge internal/outbox internal/jwk verify", ""},
		"gateway/gatewaytest":     {"gateway component order order/store verify", goCmp + " " + jsonschema + " " + webhooks},
		"scan":                    {"gateway component order verify scan/barcode scan/barcode/emvco", ""},
		"scan/scantest":           {"scan scan/barcode scan/barcode/emvco gateway component order verify", goCmp},
		// Transports: what they share is in internal, none uses another.
		"internal/exchange":    {"order order/wire", ""},
		"internal/limit":       {"order/wire", "golang.org/x/time"},
		"internal/web":         {"order order/wire internal/exchange internal/flood internal/limit", "github.com/bojanz/currency golang.org/x/text golang.org/x/time"},
		"internal/web/webtest": {"internal/nodetest internal/web order/wire", "github.com/chromedp/cdproto github.com/chromedp/chromedp golang.org/x/net"},
		"internal/apitest":     {"order/wire/openapi", "github.com/getkin/kin-openapi"},
		"order/orderhttp":      {"order order/wire order/wire/openapi internal/exchange internal/limit internal/web", "golang.org/x/text"},
		"gateway/gatewayhttp":  {"gateway component order order/wire order/wire/openapi internal/exchange internal/limit internal/web", "golang.org/x/text"},
		"scan/scanhttp":        {"gateway component order order/wire internal/exchange internal/public verify", ""},

		"verify/domaindb/lookalike": {"verify", "go.mau.fi/util golang.org/x/net"}, // the tables of Unicode
	}
}

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath string
	Imports    []string
	Error      *struct{ Err string }
}

// list runs go list on the module, perhaps with an overlay over its files.
func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-e", "-json=ImportPath,Imports,Error"}, args...)...)
	cmd.Dir = ".."
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// violations are the imports that the rules do not allow.
func violations(packages []pkg) (found []string) {
	for _, p := range packages {
		name, inside := strings.CutPrefix(p.ImportPath, module)
		if !inside || within(name, "examples") {
			continue // the root is prose; examples may use everything
		}
		at, r, ok := ruleFor(name)
		if !ok {
			found = append(found, fmt.Sprintf("%s is not in the house: give it a rule", name))
			continue
		}
		for _, imported := range p.Imports {
			if !r.allows(at, imported) {
				found = append(found, fmt.Sprintf("%s imports %s", name, strings.TrimPrefix(imported, module)))
			}
		}
	}
	return found
}

func ruleFor(name string) (at string, r rule, ok bool) {
	for path, candidate := range rules() {
		if within(name, path) && len(path) >= len(at) {
			at, r, ok = path, candidate, true
		}
	}
	return at, r, ok
}

func (r rule) allows(at, imported string) bool {
	if name, ours := strings.CutPrefix(imported, module); ours {
		// Below a rule's path, but not into a room that has a rule of its own.
		room, _, _ := ruleFor(name)
		return room == at || slices.Contains(strings.Fields(r.ours), name)
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return true // the standard library
	}
	return slices.ContainsFunc(strings.Fields(r.others), func(m string) bool { return within(imported, m) })
}

func within(name, path string) bool { return name == path || strings.HasPrefix(name, path+"/") }

func TestImportsPointDown(t *testing.T) {
	for _, v := range violations(list(t, "./...")) {
		t.Error(v)
	}
}

// The rule above can fail: each of these files is laid over the module, where
// it breaks the house, and is found.
func TestAnImportThatBreaksTheHouseIsFound(t *testing.T) {
	for file, imported := range map[string]string{
		"scan/broken.go":               "gateway/clearing",
		"scan/barcode/emvco/broken.go": "order",
		"order/broken.go":              "component",
		"order/acquirer/broken.go":     "gateway/clearing",
		"gateway/clearing/broken.go":   "order/orderhttp",
		"scan/scanhttp/broken.go":      "order/orderhttp",
		"verify/broken.go":             "order",
		"gateway/broken.go":            "modernc.org/sqlite",
	} {
		found := violations(list(t, "-overlay", overlay(t, file, imported), "./..."))
		want := fmt.Sprintf("%s imports %s", filepath.Dir(file), imported)
		if !slices.Contains(found, want) {
			t.Errorf("with %s importing %s: found %q", file, imported, found)
		}
	}
}

// overlay adds one file with one import to the module, for go list alone.
func overlay(t *testing.T, file, imported string) string {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Base(filepath.Dir(file))
	path := imported
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		path = module + imported
	}
	source := filepath.Join(dir, "broken.go")
	if err := os.WriteFile(source, fmt.Appendf(nil, "package %s\n\nimport _ %q\n", name, path), 0o600); err != nil {
		t.Fatal(err)
	}
	target, err := filepath.Abs(filepath.Join("..", file))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(map[string]any{"Replace": map[string]string{target: source}})
	if err != nil {
		t.Fatal(err)
	}
	described := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(described, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return described
}

// An app that imports what it needs of us compiles nothing that it does not
// need: no driver, no vendor's SDK, no template, no server of ours.
func TestWhatAnAppCompiles(t *testing.T) {
	for name, others := range map[string]string{
		"order":     "",
		"component": "github.com/google/jsonschema-go",
		"gateway":   "github.com/google/jsonschema-go",
		"verify":    "golang.org/x/net",
		"scan": "github.com/google/jsonschema-go github.com/makiuchi-d/gozxing golang.org/x/image golang.org/x/net " +
			"golang.org/x/text golang.org/x/xerrors", // the last two through gozxing
		"scan/scanhttp": "github.com/google/jsonschema-go golang.org/x/net",
	} {
		for _, p := range list(t, "-deps", "./"+name) {
			path := p.ImportPath
			first, _, _ := strings.Cut(path, "/")
			known := strings.HasPrefix(path, module) || !strings.Contains(first, ".") ||
				slices.ContainsFunc(strings.Fields(others), func(m string) bool { return within(path, m) })
			if !known {
				t.Errorf("%s compiles %s", name, path)
			}
			for _, heavy := range []string{"html/template", "text/template", "database/sql", "testing",
				module + "order/store", module + "order/acquirer", module + "gateway/clearing", module + "order/orderhttp", module + "gateway/gatewayhttp"} {
				if path == heavy {
					t.Errorf("%s compiles %s", name, strings.TrimPrefix(path, module))
				}
			}
		}
	}
}
