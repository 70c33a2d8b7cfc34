package gatewayhttp

import (
	"fmt"
	"strings"

	"github.com/anyscan/anyscan/component"
)

// bridgeView is a call of the script object that a super-app puts into its web view.
type bridgeView struct {
	Object, Method string
	Arguments      string // JSON: an array of the arguments, or the only one
	Return         string // address to resume at
}

// newBridge takes names that are names in a script: what they call is the app's own.
func newBridge(b component.Bridge) (actionView, error) {
	for what, name := range map[string]string{"object": b.Object, "method": b.Method} {
		if len(name) > 64 || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return actionView{}, fmt.Errorf("the bridge's %s %.70q is not 1 to 64 of A-Z a-z 0-9 _", what, name)
		}
	}
	arguments := string(b.Parameters)
	if arguments == "" {
		arguments = "[]"
	}
	return actionView{Bridge: &bridgeView{Object: b.Object, Method: b.Method, Arguments: arguments}}, nil
}

// scripted reports an action that the session's script performs.
func (v actionView) scripted() bool { return v.Sheet != nil || v.Bridge != nil }
