package gatewayhttp

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/anyscan/anyscan/order"
)

// FuzzQuery: what a query names are identifiers, each under a known name, once.
func FuzzQuery(f *testing.F) {
	const id = "06h0ffd9900007000000000000"
	for _, seed := range []string{"", "before=" + id, "endpoint=" + id + "&before=" + id, "before=" + id + "&before=" + id, "before=", "x=1",
		"before=%30" + id[1:], "before=" + id + ";endpoint=" + id, "%zz", "Before=" + id, "before=a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		var q order.DeliveryQuery
		err := queried(&http.Request{URL: &url.URL{RawQuery: query}}, map[string]*order.ID{"endpoint": &q.Endpoint, "before": &q.Before})
		if err != nil {
			if order.CodeOf(err) != order.CodeInvalid {
				t.Errorf("%q: %v", query, err)
			}
			return
		}
		want := url.Values{}
		for name, id := range map[string]order.ID{"endpoint": q.Endpoint, "before": q.Before} {
			if id == "" {
				continue
			}
			if _, err := order.ParseID(string(id)); err != nil {
				t.Errorf("%q gives %s %v", query, name, err)
			}
			want.Set(name, string(id))
		}
		if got, err := url.ParseQuery(query); err != nil || got.Encode() != want.Encode() {
			t.Errorf("%q is read as %v", query, want)
		}
	})
}
