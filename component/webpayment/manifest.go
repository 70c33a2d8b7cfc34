package webpayment

import (
	_ "embed"
	"encoding/json"
	"net/url"
)

//go:embed worker.js
var worker string

//go:embed window.js
var window string

// The files below the folder of a payment method identifier.
const (
	fileManifest = "payment-manifest.json"
	fileApp      = "app.webmanifest"
	fileIcon     = "icon.png"
	fileWorker   = "worker.js"
	fileWindow   = "window.js"
)

// fileKinds are the files with their media types. A manifest of the payment method
// has none of its own.
func fileKinds() map[string]string {
	return map[string]string{
		fileManifest: "application/json", fileApp: "application/manifest+json", fileIcon: "image/png",
		fileWorker: "text/javascript; charset=utf-8", fileWindow: "text/javascript; charset=utf-8",
	}
}

// methodManifest says who may pay (Payment Method Manifest, "Manifest format").
type methodManifest struct {
	Applications []string `json:"default_applications"`
	Origins      []string `json:"supported_origins,omitempty"`
}

// appManifest is the web app manifest that a browser installs a payment app from. Its
// member serviceworker is in no W3C document but in Chromium, which registers the
// worker when a payer first picks the app.
type appManifest struct {
	Name          string        `json:"name"`
	ShortName     string        `json:"short_name"`
	Icons         []icon        `json:"icons"`
	ServiceWorker serviceWorker `json:"serviceworker"`
}

type icon struct {
	Source string `json:"src"`
	Sizes  string `json:"sizes"`
	Type   string `json:"type"`
}

type serviceWorker struct {
	Source   string `json:"src"`
	Scope    string `json:"scope"`
	UseCache bool   `json:"use_cache"`
}

// files are the contents of everything that is served below the folder.
func (a App) files(folder, size string) (map[string][]byte, error) {
	u, err := url.Parse(a.Method)
	if err != nil {
		return nil, err
	}
	u.Path = folder + fileApp
	method, err := json.Marshal(methodManifest{[]string{u.String()}, a.Origins})
	if err != nil {
		return nil, err
	}
	app, err := json.Marshal(appManifest{a.Name, a.Name, []icon{{folder + fileIcon, size, "image/png"}},
		serviceWorker{folder + fileWorker, folder, false}})
	if err != nil {
		return nil, err
	}
	// JSON as Go writes it is JavaScript: < > & and line separators are escaped.
	own, err := json.Marshal(map[string]string{"method": a.Method, "window": a.Window})
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		fileManifest: method, fileApp: app, fileIcon: a.Icon,
		fileWorker: []byte("const app = " + string(own) + "\n" + worker), fileWindow: []byte(window),
	}, nil
}
