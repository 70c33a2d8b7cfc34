package stripe_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
)

// That Stripe has no session, or no refund, counts only if Stripe says so: what is no
// list proves nothing, and ends.
func TestWhatIsNoListIsNoEmptyList(t *testing.T) {
	for name, body := range map[string]string{
		"nothing": `{}`, "null": `null`, "no data": `{"object":"list"}`, "null data": `{"object":"list","data":null}`, "another object": `{"object":"session","data":[]}`,
		"a null in it": `{"object":"list","data":[null]}`, "more of nothing": `{"object":"list","data":[],"has_more":true}`,
	} {
		l := newLab(t)
		a := l.attempt()
		l.begin(a) // and the reference is lost
		l.now = a.Expires.Add(10 * time.Minute)
		calls := 0
		l.fake.fault = func(call string, answer func() *http.Response) (*http.Response, error) {
			if call != "GET /v1/checkout/sessions" {
				return answer(), nil
			}
			calls++
			return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body))}, nil
		}
		e, err := l.Query(t.Context(), a)
		if !isUnknown(err) || calls != 1 {
			t.Errorf("%s: %+v, %v, after %d calls", name, e, err, calls)
		}
	}
}

// A body that nobody signed is not made a thousand times as long to find out why.
func TestExplainingIsCheap(t *testing.T) {
	l := newLab(t)
	deep := strings.Repeat("[", 2000)
	body := []byte(deep + strings.Repeat("1,", 5000) + "1" + strings.ReplaceAll(deep, "[", "]"))
	if !json.Valid(body) {
		t.Fatal("the body is no JSON")
	}
	n := component.Notification{Header: map[string][]string{"Stripe-Signature": {fmt.Sprintf("t=%d,v1=%064d", l.now.Unix(), 0)}}, Body: body}
	allocated := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := l.Receive(t.Context(), n); err == nil {
				b.Fatal("it was taken")
			}
		}
	}).AllocedBytesPerOp()
	if limit := int64(100 * len(body)); allocated > limit || bytes.Count(body, []byte(",")) != 5000 {
		t.Errorf("%d bytes were allocated for a body of %d", allocated, len(body))
	}
}
