package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/gateway"
)

// The component that paid is the terminal's default the next time: a gateway
// whose policy it is to ask the terminal is told of it, and no one is asked.
func TestTheComponentThatPaidIsTheNextDefault(t *testing.T) {
	c := newTown(t, gateway.Policy{Mode: gateway.ModeTerminal})
	cafe := c.picture("cafe")
	for i, step := range []struct {
		typed string
		args  []string
		paid  string // by which component
	}{
		{"y\n2\n", nil, "green"},                               // nothing is remembered: the person picks
		{"y\n", nil, "green"},                                  // and is not asked again
		{"", []string{"-pay", "blue"}, "blue"},                 // the command line knows better
		{"", []string{"-pay", "blue", "-mode", "app"}, "blue"}, // the terminal names no default: -pay chooses
		{"y\n", []string{"-default", "amber"}, "amber"},
		{"y\n", nil, "amber"},
		{"y\n\n", []string{"-mode", "choose"}, "blue"}, // nothing is said of the terminal: the first
		{"y\n", []string{"-settings", c.file("other.json"), "-default", "green"}, "green"},
		{"y\n", nil, "blue"},
	} {
		status, out, stderr := c.superapp(step.typed, append([]string{"-dev", "-image", cafe}, step.args...)...)
		if status != 0 || !strings.Contains(out, "paid  25.00 CNY  by "+step.paid) {
			t.Fatalf("%d: %q %v: status %d, %s%s; want paid by %s", i, step.typed, step.args, status, out, stderr, step.paid)
		}
	}
}

// A person walks through a shop; a person's no, and nobody's silence, pay nothing.
func TestNobodyPaysWithoutConsent(t *testing.T) {
	c := newTown(t, gateway.Policy{})
	for i, step := range []struct {
		merchant, typed string
		args            []string
		status          int
		says            string
	}{
		{"teahouse", "1*2 3\ny\ngreen\n", nil, 0, "paid  168.00 CNY  by green"},
		{"busker", "7.50\namber\n", nil, 0, "paid  7.50 CNY  by amber"},
		{"cafe", "n\n", nil, 1, "the payer stopped the payment"},
		{"teahouse", "1\nn\n", nil, 1, "the payer stopped the payment"},
		{"cafe", "", nil, 1, "nobody is there to agree"},
		{"cafe", "", []string{"-pay", "blue"}, 0, "paid  25.00 CNY  by blue"},
		{"busker", "", []string{"-pay", "blue"}, 1, "wants goods or an amount to be chosen"},
		{"teahouse", "", []string{"-pay", "blue"}, 1, "wants goods or an amount to be chosen"},
		{"cafe", "n\n", []string{"-pay", "blue"}, 1, "the payer stopped the payment"},
	} {
		status, out, stderr := c.superapp(step.typed, append([]string{"-dev", "-image", c.picture(step.merchant)}, step.args...)...)
		if status != step.status || !strings.Contains(out+stderr, step.says) {
			t.Errorf("%d: %s, %q: status %d, %s%s; want %d and %q", i, step.merchant, step.typed, status, out, stderr, step.status, step.says)
		}
	}
}

// A code that is good on this machine is refused where it was not said that this
// is development, and so is one that another key signed, or another gateway.
func TestOnlyDevelopmentPaysOnThisMachine(t *testing.T) {
	c := newTown(t, gateway.Policy{})
	other := newTown(t, gateway.Policy{})
	cafe := c.picture("cafe")
	for i, step := range []struct {
		args []string
		says string
	}{
		{[]string{"-gateway", "gateway.localhost", "-image", cafe}, "scan: verify: "},
		{[]string{"-gateway", "gateway.localhost", "-wallet", "https://wallet.example", "-image", cafe}, "scan: verify: "},
		{[]string{"-dev", "-image", cafe, "-codes", other.file("codes.jwks")}, "scan: verify: "},
		{[]string{"-dev", "-image", c.draw("other.png", "https://pay.example/m/cafe")}, "scan: verify: "},
		{[]string{"-dev", "-image", cafe, "-gateway", "other.localhost"}, "scan: gateway: "},
		{[]string{"-dev", "-image", c.file("codes.jwks")}, "not PNG, JPEG, WebP or GIF"},
		{[]string{"-dev", "-image", c.dir}, "is not a file with a picture"},
		{[]string{"-dev", "-image", cafe, "-codes", cafe}, "-codes: "},
		{[]string{"-dev", "-image", cafe, "-ca", cafe}, "-ca: " + cafe + " holds no certificate"},
	} {
		status, out, stderr := c.superapp("", append(step.args, "-pay", "blue")...)
		if status != 1 || !strings.Contains(stderr, step.says) {
			t.Errorf("%d: status %d, %s%s; want 1 and %q", i, status, out, stderr, step.says)
		}
	}
}

// A code of another scheme pays nothing and opens nothing: it says what it is,
// and a damaged one that it is damaged.
func TestACodeOfAnotherSchemeIsNamed(t *testing.T) {
	c := newTown(t, gateway.Policy{})
	const example = "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A0112233449988770708123456786304A13A"
	for i, step := range []struct {
		text, out, stderr string
		args              []string
	}{
		{example, "payload   BEST TRANSPORT, BEIJING  23.72 CNY  to an account of D15600000000 (29), D15600000001 (31)\n",
			"superapp: scan: verify: the code is an EMVCo payment payload, not an address: ", nil},
		{example, `"payload":{"merchant":"BEST TRANSPORT","city":"BEIJING","amount":"23.72","currency":"156","accounts":[{"id":"29","scheme":"D15600000000"}`,
			"superapp: scan: verify: the code is an EMVCo payment payload, not an address: ", []string{"-json"}},
		{"00020101021129370016A000000677010111011300668999999995802TH53037646304FE29", "payload   no name, no city  no amount  to an account of A000000677010111 (29)\n",
			"59 at 66: is missing", nil},
		{strings.Replace(example, "23.72", "93.72", 1), "payload   damaged: ", "is damaged: emvco: 63 at", nil},
	} {
		status, out, stderr := c.superapp("y\n", append(step.args, "-dev", "-image", c.draw("other.png", step.text))...)
		if status != 1 || !strings.Contains(out, step.out) || !strings.Contains(stderr, step.stderr) {
			t.Errorf("%d: status %d\n%s%s; want 1,\n%s%s", i, status, out, stderr, step.out, step.stderr)
		}
	}
}

// Settings that cannot be used keep nobody from paying, and are told.
func TestSettingsThatCannotBeUsedAreTold(t *testing.T) {
	c := newTown(t, gateway.Policy{Mode: gateway.ModeTerminal})
	cafe := c.picture("cafe")
	for content, says := range map[string]string{
		"{":                     "does not hold settings",
		`{"default": "B L"}`:    "want a component's name",
		`{"default": "\u001b"}`: "want a component's name",
	} {
		file := c.file("broken.json")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		status, out, stderr := c.superapp("y\n2\n", "-dev", "-image", cafe, "-settings", file)
		if status != 0 || !strings.Contains(stderr, says) || strings.ContainsRune(stderr, '\x1b') {
			t.Errorf("%s: status %d, %s%s; want 0 and %q", content, status, out, stderr, says)
		}
		if got := (settings{file}).component(&bytes.Buffer{}); got != "green" {
			t.Errorf("%s: then %q is remembered, want green", content, got)
		}
	}
	status, _, stderr := c.superapp("", "-dev", "-image", cafe, "-pay", "blue", "-settings", c.file("codes.jwks/terminal.json"))
	if status != 0 || !strings.Contains(stderr, "the default is not remembered") {
		t.Errorf("no folder: status %d, %s", status, stderr)
	}
	if status, _, stderr := c.superapp("", "-dev", "-image", cafe, "-pay", "blue", "-settings", ""); status != 0 || stderr != "" {
		t.Errorf("no settings: status %d, %s", status, stderr)
	}
}

func TestACommandLineThatIsNotUnderstood(t *testing.T) {
	for _, args := range []string{"", "-image x.png", "-dev -image x.png", "-dev -image x.png -codes c -mode gateway", "-dev -image x.png -codes c -mode auto",
		"-dev -image x.png -codes c -mode app", "-dev -image x.png -codes c -mode choose -default blue", "now", "-x"} {
		var out, stderr bytes.Buffer
		if status := run(t.Context(), strings.Fields(args), nil, &out, &stderr); status != 2 || stderr.Len() == 0 || out.Len() > 0 {
			t.Errorf("%s: status %d, %q; want 2 and why", args, status, stderr.String())
		}
	}
	var help bytes.Buffer
	if status := run(t.Context(), []string{"-h"}, nil, &help, &help); status != 0 || !strings.Contains(help.String(), "-image FILE") {
		t.Errorf("-h: status %d, %q", status, help.String())
	}
}
