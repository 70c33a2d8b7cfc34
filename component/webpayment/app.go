package webpayment

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"net/url"
	"path"
	"strings"

	"github.com/anyscan/anyscan/order"
)

const (
	maxIcon    = 512 << 10 // bytes
	minSide    = 32        // pixels of an icon, in both directions
	maxSide    = 1024
	maxOrigins = 64
)

// App is a web-based payment app, as its operator makes it: what [NewHandler] serves
// it from.
type App struct {
	Method string // payment method identifier, an address of the operator's: https, without query and fragment
	Name   string // shown to payers in the payment sheet
	Icon   []byte // PNG of 32 to 1024 pixels in both directions; browsers take no app without one
	// Window is the path of the operator's payment page, below the folder of the method
	// identifier: for https://pay.example/method something like /method/window. It
	// imports window.js, which stands in that folder.
	Window string
	// Origins are other origins whose payment apps may pay by this method
	// (supported_origins), such as https://bank.example; none means this app alone.
	Origins []string
}

// checked is where the app's files are, how large its icon is, and everything that
// is wrong with it.
func (a App) checked() (folder, size string, problems report) {
	u, err := checkMethod(a.Method)
	if err == nil && (u.RawQuery != "" || u.ForceQuery) {
		err = fmt.Errorf("%.100q has a query: files cannot stand below it", a.Method)
	}
	if err == nil {
		folder, err = folderOf(u)
	}
	problems.add("/method", err)
	problems.add("/name", order.CheckText(a.Name, 64))
	size, err = checkIcon(a.Icon)
	problems.add("/icon", err)
	if folder != "" {
		problems.add("/window", checkWindow(a.Window, folder))
	}
	if len(a.Origins) > maxOrigins {
		problems.add("/origins", fmt.Errorf("has %d entries: at most %d", len(a.Origins), maxOrigins))
		return folder, size, problems
	}
	for i, origin := range a.Origins {
		problems.add(fmt.Sprintf("/origins/%d", i), checkOrigin(origin))
	}
	return folder, size, problems
}

// folderOf is the path below which the files stand, with a slash at its end.
func folderOf(u *url.URL) (string, error) {
	at := u.Path
	if at == "" {
		at = "/"
	}
	if !plainPath(at) || u.EscapedPath() != u.Path {
		return "", fmt.Errorf("the path %.100q is not one of A-Z a-z 0-9 . _ - and single slashes", at)
	}
	return strings.TrimSuffix(at, "/") + "/", nil
}

func checkWindow(window, folder string) error {
	switch {
	case !plainPath(window) || !strings.HasPrefix(window, folder) || window == folder:
		return fmt.Errorf("%.100q is not a path below %s, where the service worker may open windows", window, folder)
	case fileKinds()[strings.TrimPrefix(window, folder)] != "":
		return fmt.Errorf("%.100q is one of the files that are served: want the path of a page of yours", window)
	}
	return nil
}

// plainPath wants a path that every reader takes for the same one.
func plainPath(p string) bool {
	const of = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/"
	clean := path.Clean(p)
	if strings.HasSuffix(p, "/") && clean != "/" {
		clean += "/"
	}
	return strings.HasPrefix(p, "/") && strings.Trim(p, of) == "" && len(p) <= maxMethod && clean == p
}

// checkOrigin wants an origin as browsers write it (Payment Method Manifest, "Manifest
// format").
func checkOrigin(origin string) error {
	u, err := checkAddress(origin)
	if err != nil {
		return err
	}
	if want := u.Scheme + "://" + strings.ToLower(u.Host); origin != want || u.Scheme == "https" && u.Port() == "443" {
		return fmt.Errorf("%.100q is not an origin: want https://host or https://host:port alone, in lower case", origin)
	}
	return nil
}

// checkIcon reads the icon to its end: a browser that cannot, takes no payment app.
func checkIcon(icon []byte) (size string, err error) {
	if len(icon) == 0 || len(icon) > maxIcon {
		return "", fmt.Errorf("has %d bytes: want a PNG of 1 to %d", len(icon), maxIcon)
	}
	c, err := png.DecodeConfig(bytes.NewReader(icon))
	switch {
	case err != nil:
		return "", errors.New("is no PNG")
	case min(c.Width, c.Height) < minSide || max(c.Width, c.Height) > maxSide:
		return "", fmt.Errorf("has %d×%d pixels: want %d to %d in both directions", c.Width, c.Height, minSide, maxSide)
	}
	if _, err := png.Decode(bytes.NewReader(icon)); err != nil {
		return "", errors.New("is a PNG that breaks off or was changed")
	}
	return fmt.Sprintf("%dx%d", c.Width, c.Height), nil
}
