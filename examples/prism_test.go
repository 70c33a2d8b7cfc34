package examples_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order/wire/openapi"
)

// Prism, an independent reader of OpenAPI documents, stands in front of gateway
// and acquirer for all examples and figures and for what these do not need, and has
// nothing to say against it: not against answers that are errors either. What is not
// as described it would answer itself, and a payment would fail. Every operation of
// the document passes it; a new one fails here until something does.
//
// Two things it cannot see, which package apitest holds to the document in these tests
// too. It does not read the document's webhooks: what goes to a merchant does not
// pass it, and what goes to the acquirer passes it as what the acquirer takes. And
// it follows redirects itself, so that browsers go without it.
func TestPrismSeesNoViolation(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	h := newGatehouse(t, ctx, openapi.Document())
	out, log, err := h.run("^Example|^TestFigures$|^TestWhatNoExampleNeeds$")
	against := complaints(log)
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, against)
	}
	seen := passages(t, log)
	for _, operation := range operations(t) {
		if seen.operations[operation] == 0 {
			t.Errorf("%s has not passed Prism: let an example do it, or TestWhatNoExampleNeeds", operation)
		}
	}
	for _, status := range []string{"200", "204", "401", "404", "409", "410", "422"} {
		if seen.statuses[status] == 0 {
			t.Errorf("no answer with status %s has passed Prism", status)
		}
	}
	if len(against) > 0 {
		t.Errorf("Prism says %q", against)
	}
	t.Logf("%d exchanges through Prism of %d operations, answered with %v", seen.exchanges, len(seen.operations), seen.statuses)
}

// Prism can find something: that the gateway does not send a member that the
// document asks for, and an error that the document does not have.
func TestPrismSeesAViolation(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(document map[string]any)
		run, want string
	}{
		"a lost member": {func(d map[string]any) {
			placement := member(d, "components", "schemas", "Placement")
			placement["required"] = append(placement["required"].([]any), "fee")
		}, "^Example_claim1$", "VIOLATIONS"},
		"a new error": {func(d map[string]any) {
			delete(member(d, "paths", "/v1/codes/{id}", "get", "responses"), "404")
		}, "^TestWhatNoExampleNeeds$", "Unable to match the returned status code"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			h := newGatehouse(t, ctx, changed(t, c.change))
			out, log, err := h.run(c.run)
			if against := strings.Join(complaints(log), ""); !strings.Contains(against, c.want) {
				t.Errorf("%v, %q\n%s", err, against, out)
			}
		})
	}
}

// Prism says itself that a server is not there; that is an error, as it is without
// Prism, and no answer of the server's.
func TestPrismAnswersForNobody(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	gone := listen(t)
	gone.Close()
	p := startPrism(t, ctx, openapi.Document(), gone.Addr().String())
	p.wait(ctx)
	defer func() { cancel(); <-p.ended }()
	resp, err := candid{&http.Transport{}}.RoundTrip(httptest.NewRequest(http.MethodGet, "http://"+p.door+"/v1/components", nil))
	if err == nil || !strings.Contains(err.Error(), "FetchError") {
		t.Errorf("got %v, %v; want an error", resp, err)
	}
}

// changed is the document with a change.
func changed(t *testing.T, change func(map[string]any)) []byte {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal(openapi.Document(), &d); err != nil {
		t.Fatal(err)
	}
	change(d)
	document, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(document, openapi.Document()) {
		t.Fatal("nothing was changed")
	}
	return document
}

// member follows the names of members.
func member(d map[string]any, names ...string) map[string]any {
	for _, name := range names {
		d = d[name].(map[string]any)
	}
	return d
}

// operations are those of the document, such as "GET /v1/orders/{id}".
func operations(t *testing.T) (all []string) {
	t.Helper()
	var d struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(openapi.Document(), &d); err != nil {
		t.Fatal(err)
	}
	for path, item := range d.Paths {
		for method := range item {
			if method = strings.ToUpper(method); slices.Contains([]string{"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"}, method) {
				all = append(all, method+" "+path)
			}
		}
	}
	slices.Sort(all)
	return all
}

// passed is what Prism let through: forwarded, and answered by the server behind.
type passed struct {
	exchanges            int
	operations, statuses map[string]int
}

// passages reads what Prism prints of each exchange.
func passages(t *testing.T, log string) passed {
	t.Helper()
	p := passed{operations: map[string]int{}, statuses: map[string]int{}}
	mux := http.NewServeMux()
	for _, operation := range operations(t) {
		mux.HandleFunc(operation, http.NotFound)
	}
	for _, m := range regexp.MustCompile(`> Forwarding "([a-z]+)" request to (\S+)\.\.\.\n`).FindAllStringSubmatch(log, -1) {
		address, err := url.Parse(m[2])
		if err != nil {
			t.Fatal(err)
		}
		_, operation := mux.Handler(&http.Request{Method: strings.ToUpper(m[1]), URL: address, Host: address.Host})
		if operation == "" {
			t.Errorf("Prism let %s %s through, which is of no operation", m[1], m[2])
		}
		p.operations[operation]++
	}
	for _, m := range regexp.MustCompile(`The upstream call to \S+ has returned (\d+)\n`).FindAllStringSubmatch(log, -1) {
		p.exchanges++
		p.statuses[m[1]]++
	}
	return p
}

// complaints are the lines in which Prism speaks of a violation or an error. That a
// connection was cut is none: a system that ends may be told something, and the next
// one is not the one that it was for.
func complaints(log string) (lines []string) {
	for line := range strings.Lines(log) {
		text := strings.ToLower(line)
		if !strings.Contains(line, ": FetchError: request to ") && (strings.Contains(text, "violat") || strings.Contains(text, "error") || strings.Contains(text, "warn")) {
			lines = append(lines, line)
		}
	}
	return lines
}
