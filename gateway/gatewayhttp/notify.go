package gatewayhttp

import (
	"net/http"
	"net/textproto"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order"
)

// maxNotice is how many bytes a provider's notification may have.
const maxNotice = 256 << 10

// receive hands a provider's notification to its component, as it came in, and
// answers as the component says. Some providers notify with GET.
func (h *handler) receive(w http.ResponseWriter, r *http.Request) {
	a, err := h.receipt(r)
	if err != nil {
		h.site.FailProgram(w, r, err)
		return
	}
	if a.ContentType == "" {
		a.ContentType = "text/plain; charset=utf-8"
	}
	if a.Status < 200 || a.Status > 599 {
		a.Status = http.StatusOK
	}
	w.Header().Set("Content-Type", a.ContentType)
	w.WriteHeader(a.Status)
	w.Write(a.Body)
}

func (h *handler) receipt(r *http.Request) (a component.Acknowledgement, err error) {
	name := r.PathValue("component")
	if !exchange.IsWord(name) || r.Method == http.MethodHead { // which is no notification
		return a, order.Errorf(order.CodeNotFound, "gatewayhttp.Receive", "no component takes notifications here")
	}
	body, err := web.ReadBody(r.Body, maxNotice)
	if err != nil {
		return a, err
	}
	return h.server.Receive(r.Context(), name, component.Notification{
		Header: textproto.MIMEHeader(r.Header.Clone()), Query: r.URL.RawQuery, Body: body,
	})
}
