package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
)

// The backend's pages and the library's stand in one site; the sales are shown
// to nobody without the password.
func TestTheSalesStandBesideTheLibrary(t *testing.T) {
	b := testBooks(t)
	if err := b.tell(t.Context(), nil, change("third", order.StatePaid)); err != nil {
		t.Fatal(err)
	}
	own, err := newPages(b, "open sesame", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	site := own.mount(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "the library's") }))
	get := func(path, password string) (int, string) {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		if password != "" {
			r.SetBasicAuth("anybody", password)
		}
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	for _, path := range []string{"/sales", "/sales.json"} {
		for _, password := range []string{"", "open", "open sesame!"} {
			if status, body := get(path, password); status != http.StatusUnauthorized || strings.Contains(body, "25.00") {
				t.Errorf("%s with the password %q: %d, %q", path, password, status, body)
			}
		}
	}
	if status, body := get("/m/cafe", ""); status != http.StatusOK || body != "the library's" {
		t.Errorf("/m/cafe: %d, %q", status, body)
	}
	if status, body := get("/sales", "open sesame"); status != http.StatusOK || !strings.Contains(body, "<td>25.00 CNY<td>blue<td>r&lt;1&gt;<td>third") {
		t.Errorf("/sales: %d, %q", status, body)
	}
	status, body := get("/sales.json", "open sesame")
	var got struct{ Sales []sale }
	want, _ := b.latest(t.Context())
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK {
		t.Errorf("/sales.json: %d, %q, %v", status, body, err)
	}
	if diff := cmp.Diff(want, got.Sales); diff != "" {
		t.Error(diff)
	}
}
