package web

import (
	"errors"
	"html/template"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/anyscan/anyscan/order"
)

// MaxForm is how many bytes a form may have.
const MaxForm = 64 << 10

const formMedia = "application/x-www-form-urlencoded"

// Field is a name and value of a form.
type Field struct{ Name, Value string }

// hidden are the fields as they stand in a page.
func hidden(fields []Field) template.HTML {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString(`<input type="hidden" name="`)
		template.HTMLEscape(&b, []byte(f.Name))
		b.WriteString(`" value="`)
		template.HTMLEscape(&b, []byte(f.Value))
		b.WriteString("\">\n")
	}
	return template.HTML(b.String())
}

// Form is what was posted.
type Form struct {
	Raw    string
	Fields []Field // in the order in which they stand in the page
}

// IsForm reports whether the request brings a form.
func IsForm(r *http.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && media == formMedia
}

// ReadForm reads the form of a request. Errors are *[order.Error]:
// [order.CodeInvalid] for another content type or malformed fields,
// [order.CodeTooLarge] above [MaxForm].
func ReadForm(r *http.Request) (Form, error) {
	if !IsForm(r) {
		return Form{}, order.Errorf(order.CodeInvalid, "", "the content type is %.80q: want %s", r.Header.Get("Content-Type"), formMedia)
	}
	body, err := ReadBody(r.Body, MaxForm)
	if err != nil {
		return Form{}, err
	}
	f := Form{Raw: string(body)}
	for pair := range strings.SplitSeq(f.Raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, badName := url.QueryUnescape(name)
		value, badValue := url.QueryUnescape(value)
		if badName != nil || badValue != nil || strings.Contains(pair, ";") {
			return Form{}, order.Errorf(order.CodeInvalid, "", "the form is malformed")
		}
		if pair != "" {
			f.Fields = append(f.Fields, Field{name, value})
		}
	}
	return f, nil
}

// One is the value of a field that may stand once at most.
func (f Form) One(name string) (string, error) {
	values := f.All(name)
	if len(values) > 1 {
		return "", &order.Error{Code: order.CodeInvalid, Detail: "the form is not valid",
			Problems: []order.Problem{{Path: "/" + name, Detail: "stands more than once"}}}
	}
	return strings.Join(values, ""), nil
}

// All are the values of a field.
func (f Form) All(name string) (values []string) {
	for _, field := range f.Fields {
		if field.Name == name {
			values = append(values, field.Value)
		}
	}
	return values
}

// ReadBody reads a body to its end and refuses more than limit bytes. Errors are
// *[order.Error]: [order.CodeTooLarge], [order.CodeUnavailable] when it broke
// off.
func ReadBody(body io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(http.MaxBytesReader(nil, io.NopCloser(body), limit))
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return nil, order.Errorf(order.CodeTooLarge, "", "the body has more than %d bytes", limit)
	}
	if err != nil {
		return nil, &order.Error{Code: order.CodeUnavailable, Detail: "the body could not be read to its end", Err: err}
	}
	return data, nil
}
