package webpayment_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/internal/nodetest"
)

// What the component signs is verified by a JOSE library of others, jose of npm, and
// the component takes what that library signs.
func TestOthersAgree(t *testing.T) {
	l := newLab(t)
	a, _ := l.paid()
	genuine := l.request(a)
	in := map[string]any{
		"gateway": publicPEM(seeded(1)), "operator": privatePEM(seeded(2)), "issuer": testClient, "audience": testMethod, "now": l.now.Format(time.RFC3339),
		"requests":   []string{genuine, put(genuine, 1, b64([]byte(`{"iss":"gateway-1"}`))), l.fake.pending(a.ID)},
		"statements": []any{map[string]any{"typ": "webpayment-payment+jwt", "claims": l.fake.about(l.fake.payments[a.ID])}},
	}
	var out struct {
		Requests []struct {
			Payload map[string]any
			Known   bool
			Error   string
		}
		Statements []string
	}
	if err := json.Unmarshal(nodetest.Script(t, text(in), "testdata/operator.mjs"), &out); err != nil {
		t.Fatal(err)
	}
	want, err := l.fake.open(genuine)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.Requests[0].Payload); diff != "" || !out.Requests[0].Known {
		t.Errorf("the request reads as another, or its kid is not the thumbprint: %+v %s", out.Requests[0], diff)
	}
	for i, want := range []string{"", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"} {
		if out.Requests[i].Error != want {
			t.Errorf("request %d: %q, want %q", i, out.Requests[i].Error, want)
		}
	}
	r, err := l.Receive(t.Context(), letter(out.Statements[0]))
	if err != nil || r.Evidence.Check(a) != nil || r.Evidence.Outcome != component.OutcomeSucceeded {
		t.Errorf("its statement proves %+v, %v", r.Evidence, err)
	}
	if p, err := l.Resume(t.Context(), a, response(out.Statements[0])); err != nil || *p.Evidence != *r.Evidence {
		t.Errorf("brought by a browser: %+v, %v", p.Evidence, err)
	}
}
