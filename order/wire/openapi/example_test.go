package openapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/anyscan/anyscan/order/wire/openapi"
)

// The document is part of the program that links it.
func ExampleDocument() {
	var d struct {
		OpenAPI string
		Info    struct{ Title string }
	}
	err := json.Unmarshal(openapi.Document(), &d)
	fmt.Println(d.OpenAPI, d.Info.Title, err)
	// Output:
	// 3.1.0 Anyscan <nil>
}

// Every acquirer and gateway of this module serves the document; a server of
// your own can do so too.
func ExampleHandler() {
	mux := http.NewServeMux()
	mux.Handle("GET /v1/openapi.json", openapi.Handler())

	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, httptest.NewRequest("GET", "/v1/openapi.json", nil))
	fmt.Println(answer.Code, answer.Header().Get("Content-Type"), answer.Header().Get("Cache-Control"))

	again := httptest.NewRequest("GET", "/v1/openapi.json", nil)
	again.Header.Set("If-None-Match", answer.Header().Get("ETag"))
	answer = httptest.NewRecorder()
	mux.ServeHTTP(answer, again)
	fmt.Println(answer.Code, answer.Body.Len())
	// Output:
	// 200 application/json public, max-age=3600
	// 304 0
}
