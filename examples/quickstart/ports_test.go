package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// details are what a step said, once for each time it was printed.
func details(all []console.Line, step string) (found []string) {
	for _, l := range all {
		if l.Step == step {
			found = append(found, l.Detail)
		}
	}
	return found
}

// opens wants the code to open the merchant's page.
func opens(t *testing.T, code string) {
	t.Helper()
	client := scanhttp.LocalhostClient()
	defer client.CloseIdleConnections()
	answer, err := client.Get(code)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("%s: %s", code, answer.Status)
	}
}

// A directory's servers are where they were, and codes that were printed by an
// earlier run open; a payment in between changes nothing.
func TestCodesOfAnEarlierRunOpen(t *testing.T) {
	dir := t.TempDir()
	status, out, stderr := quickstart(t, "-json", "-dir", dir)
	if status != 0 {
		t.Fatal(stderr)
	}
	want := details(lines(t, out), "servers")
	first, stop := serving(t, dir)
	stop()
	if status, _, stderr := quickstart(t, "-json", "-dir", dir, "-image", filepath.Join(dir, "code.png")); status != 0 {
		t.Error(stderr)
	}
	second, stop := serving(t, dir)
	defer stop()
	for _, all := range [][]console.Line{first, second} {
		if diff := cmp.Diff(want, details(all, "servers")); diff != "" {
			t.Errorf("the servers have moved: %s", diff)
		}
		if told := details(all, "ports"); len(told) > 0 {
			t.Errorf("it says %q, but all ports were free", told)
		}
	}
	opens(t, addresses(first)["cafe"])
}

// Where a port is taken, the run says so, and which addresses are lost with it;
// the other servers stay, and the next run is where this one was.
func TestAPortThatIsTakenIsTold(t *testing.T) {
	for i, c := range []struct{ name, says string }{
		{"acquirer", "codes for http://acquirer.localhost:%d no longer open"},
		{"gateway", "payments that began at http://gateway.localhost:%d cannot be continued; codes open as before"},
		{"wallet", "payments that began at http://wallet.localhost:%d cannot be continued; codes open as before"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "ports.json")
			_, stop := serving(t, dir)
			stop()
			before, err := readPorts(file)
			if err != nil {
				t.Fatal(err)
			}
			other, err := loopback(before.all()[i])
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			all, stop := serving(t, dir)
			stop()
			after, err := readPorts(file)
			if err != nil {
				t.Fatal(err)
			}
			want := before.all()
			want[i] = after.all()[i]
			if diff := cmp.Diff(want, after.all()); diff != "" || want[i] == before.all()[i] {
				t.Errorf("%v, then %v; want the %s alone to move", before, after, c.name)
			}
			told := details(all, "ports")
			if says := fmt.Sprintf(c.says, before.all()[i]); len(told) != 1 || !strings.Contains(told[0], says) || !strings.Contains(told[0], fmt.Sprint(want[i])) {
				t.Errorf("it says %q, want %q and the port %d", told, says, want[i])
			}
			again, stop := serving(t, dir)
			stop()
			if diff := cmp.Diff(details(all, "servers"), details(again, "servers")); diff != "" || len(details(again, "ports")) > 0 {
				t.Errorf("the next run: %s, %q", diff, details(again, "ports"))
			}
		})
	}
}

// Paying from a picture, the acquirer is where its code says, and that is kept
// nowhere.
func TestThePortOfAPictureIsNotKept(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "ports.json")
	status, out, stderr := quickstart(t, "-json", "-dir", dir)
	if status != 0 {
		t.Fatal(stderr)
	}
	acquirer, _, _ := strings.Cut(details(lines(t, out), "servers")[0], ",")
	const other = `{"acquirer": 1, "gateway": 2, "wallet": 3}`
	if err := os.WriteFile(file, []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, stderr = quickstart(t, "-json", "-dir", dir, "-image", filepath.Join(dir, "code.png"))
	if servers := details(lines(t, out), "servers"); status != 0 || !strings.HasPrefix(strings.Join(servers, ""), acquirer+",") {
		t.Errorf("status %d, %q, %q; want the acquirer at %s", status, stderr, servers, acquirer)
	}
	if raw, err := os.ReadFile(file); err != nil || string(raw) != other {
		t.Errorf("%s, %v; want it as it was", raw, err)
	}
}

// A file of ports that was damaged is named, and no server runs.
func TestDamagedPortsAreNamed(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "ports.json")
	for content, says := range map[string]string{
		"":  "is empty",
		"{": "is not one JSON value",
		`{"acquirer": 8080, "gateway": 8081, "wallet": 8082} {}`:                          "is not one JSON value",
		`{"acquirer": 8080, "gateway": 8081, "wallet": 8082, "bank": 1}`:                  "/bank is not known",
		`{"acquirer": 8080, "gateway": 8081, "wallet": 8082, "wallet": 8083}`:             "/wallet stands twice",
		`{"acquirer": 8080, "gateway": 8081, "Wallet": 8082}`:                             "/Wallet is not known",
		`{"acquirer": 8080, "gateway": 8081}`:                                             "a port is 0",
		`{"acquirer": 8080, "gateway": 8081, "wallet": -1}`:                               "a port is -1",
		`{"acquirer": 8080, "gateway": 8081, "wallet": 65536}`:                            "a port is 65536",
		`{"acquirer": 8080, "gateway": 8081, "wallet": "8082"}`:                           "/wallet is a string",
		`{"acquirer": 8080, "gateway": 8081, "wallet": 8081}`:                             "a port stands twice",
		`{"acquirer": 8080, "gateway": 8081, "wallet": 8080}`:                             "a port stands twice",
		`{"acquirer": 8080, "gateway": 8080, "wallet": 8081}`:                             "a port stands twice",
		`{"acquirer": 8080, "gateway": 8081, "wallet": 8082}` + fmt.Sprintf("%1024s", ""): "1024",
		`null`: "is null",
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		status, out, stderr := quickstart(t, "-json", "-dir", dir)
		if status != 1 || out != "" || !strings.Contains(stderr, file+" does not hold ports, remove it to get new ones: ") || !strings.Contains(stderr, says) {
			t.Errorf("%q: status %d, %q, %q; want 1, the file and %q", content, status, out, stderr, says)
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(file, 0o700); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := quickstart(t, "-json", "-dir", dir); status != 1 || !strings.Contains(stderr, file) {
		t.Errorf("a folder: status %d, %q; want 1 and the file", status, stderr)
	}
}
