package openapi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the gateway sends to acquirers is what an acquirer takes, and is answered as
// that: the one description does not move without the other.
func TestWhatIsSentIsWhatIsTaken(t *testing.T) {
	d := document(t)
	sent, taken := d.at("webhooks", "orderChanged", "post"), d.at("paths", "/v1/notifications", "post")
	for _, part := range []string{"security", "parameters", "requestBody", "responses"} {
		if diff := cmp.Diff(sent[part], taken[part]); diff != "" || sent[part] == nil {
			t.Errorf("%s (-sent +taken): %s", part, diff)
		}
	}
}
