package emvco_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/scan/barcode/emvco"
)

// rest is what every payload needs, but for an account.
const rest = "52045411" + "5303156" + "5802CN" + "5903TEA" + "6007BEIJING"

// good is a small payload without its checksum.
const good = "000201" + "02131234567890123" + rest

// What cannot be taken apart is refused with its place and nothing of it read.
func TestWhatIsNoRowOfObjectsIsRefused(t *testing.T) {
	if _, err := emvco.Parse(signed(good)); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"":                                    `00 at 0: begins with "": want 000201`,
		"https://tea.example/m/tea":           `00 at 0: begins with "https://tea.": want 000201`,
		"000202" + good[6:]:                   `00 at 0: begins with "000202021312": want 000201`,
		"000201":                              "63 at 6: the text does not end with a checksum: want 6304 and four digits of 0-9 A-F",
		good:                                  "63 at 62: the text does not end with a checksum: want 6304 and four digits of 0-9 A-F",
		good + "6304":                         "63 at 62: wants 4 characters, and 0 are left",
		good + "6304ABCG":                     "63 at 70: the text does not end with a checksum: want 6304 and four digits of 0-9 A-F",
		signed(good) + "\n":                   "63 at 70: is followed by more: want the checksum last",
		signed(good) + "8005TEA01":            "63 at 70: is followed by more: want the checksum last",
		signed(good + "63090"):                "63 at 75: the text does not end with a checksum: want 6304 and four digits of 0-9 A-F",
		signed(good + "5x01a"):                "at 62: goes on with \"5x01a630\": want an object's ID and length, two digits each",
		signed(good + "61ab10"):               "at 62: goes on with \"61ab1063\": want an object's ID and length, two digits each",
		signed(good + "6106123"):              "at 72: goes on with \"" + signed(good + "6106123")[72:] + "\": want an object's ID and length, two digits each",
		signed(good + "6199123"):              "61 at 62: wants 99 characters, and 11 are left",
		signed(good + "5903TEA"):              "59 at 62: is there twice: want each object once",
		signed(good + "000201"):               "00 at 62: is there twice: want each object once",
		signed(good + "62160504abcd0504abcd"): "62.05 at 74: is there twice: want each object once",
		signed(good + "62080505abcd"):         "62.05 at 66: wants 5 characters, and 4 are left",
		signed(good + "26111003abcde12"):      "26 at 73: goes on with \"de12\": want an object's ID and length, two digits each",
		signed(good + "62095005012ab"):        "62.50 at 70: goes on with \"012ab\": want an object's ID and length, two digits each",
		signed(good + "64220002ZH0112最佳运输"):   "63 at 96: the text does not end with a checksum: want 6304 and four digits of 0-9 A-F; the lengths fit where they count bytes, and have to count characters",
		signed(good + "6104\xff\xfe\xfd\xfc"): "at 0: is not UTF-8",
		signed(good + strings.Repeat("6599"+strings.Repeat("x", 99), 5)): "at 0: has more than 512 characters",
		strings.Repeat("9", 1<<20):                                       "at 0: has more than 512 characters",
	} {
		p, err := emvco.Parse(text)
		if _, ok := errors.AsType[*emvco.SyntaxError](err); !ok || err.Error() != "emvco: "+want || len(p.Objects) > 0 {
			t.Errorf("%.120q:\n%v\nwant a *SyntaxError\n%s", text, err, want)
		}
	}
}

// What is allowed beside the ordinary.
func TestWhatTheRulesAllow(t *testing.T) {
	for _, more := range []string{
		"010211", "26110002ab0101é", "540298", "54021.", "540498.7", "5502025602" + "1.", "5502035705" + "99.99", "5502035701" + "3", "6502é!",
		"62070503***", "62070903AME", "62071203x!?", "64130002zh0103茶é!", "80060002ab", "61031 2", "621650120002ab0102\x01é",
	} {
		text := signed(good + more)
		p, err := emvco.Parse(text)
		if err != nil {
			t.Errorf("%q: %v", more, err)
			continue
		}
		if again, err := p.Text(); err != nil || again != text {
			t.Errorf("%q: %q, %v", text, again, err)
		}
	}
}

// Each rule of the specification, broken alone.
func TestEachRuleIsHeld(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	for text, want := range map[string]string{
		good + "010213":                `01 at 62: is "13": want 11 or 12`,
		"000201" + rest:                "02 at 45: is missing, and so is each up to 51: want one of the merchant's accounts",
		good + "26060102ab":            "26.00 at 72: is missing",
		good + "26370033" + x(33):      `26.00 at 66: is "` + x(33) + `", of 33 characters: at most 32`,
		good + "54010":                 `54 at 62: is "0": want digits with at most one point, more than 0`,
		good + "54040.00":              `54 at 62: is "0.00": want digits with at most one point, more than 0`,
		good + "5402.5":                `54 at 62: is ".5": want digits with at most one point, more than 0`,
		good + "54041,00":              `54 at 62: is "1,00": want digits with at most one point, more than 0`,
		good + "54051.0.0":             `54 at 62: is "1.0.0": want digits with at most one point, more than 0`,
		good + "541412345678901234":    `54 at 62: is "12345678901234", of 14 characters: at most 13`,
		good + "550204":                `55 at 62: is "04": want 01, 02 or 03`,
		good + "550202":                "56 at 68: is missing: 55 is 02",
		good + "550203":                "57 at 68: is missing: 55 is 03",
		good + "550203" + "5705100.0":  `57 at 68: is "100.0": want a percentage from 00.01 to 99.99`,
		good + "560210":                `56 at 68: is there, and 55 is "": want 02, or neither`,
		good + "550201" + "57015":      `57 at 73: is there, and 55 is "01": want 03, or neither`,
		good + "6111" + x(11):          `61 at 62: is "xxxxxxxxxxx", of 11 characters: at most 10`,
		good + "6103é12":               `61 at 62: is "é12": want printable ASCII`,
		good + "6100":                  "61 at 62: is empty: want a value, or the object left out",
		good + "6230" + "0126" + x(26): `62.01 at 66: is "` + x(26) + `", of 26 characters: at most 25`,
		good + "6208" + "0904AMEA":     `62.09 at 66: is "AMEA", of 4 characters: at most 3`,
		good + "6206" + "0902AA":       `62.09 at 66: is "AA": want of A, M and E each at most once`,
		good + "6225" + "1021" + x(21): `62.10 at 66: is "` + x(21) + `", of 21 characters: at most 20`,
		good + "6431" + "0002zh" + "0101z" + "0216" + x(16): `64.02 at 77: is "` + x(16) + `", of 16 characters: at most 15`,
		good + "6206" + "1102ab":                            `62.11 at 66: is "ab", of 2 characters: want 3`,
		good + "6210" + "50060102ab":                        "62.50.00 at 76: is missing",
		good + "6407" + "0103茶é!":                           "64.00 at 76: is missing",
		good + "6413" + "0002Z1" + "0103茶é!":                `64.00 at 66: is "Z1": want two letters`,
		good + "6422" + "0002zh" + "0212" + x(12):           "64.01 at 88: is missing",
		good + "8006" + "0102ab":                            "80.00 at 72: is missing",
		good + "6406" + "0002zh":                            "64.01 at 72: is missing",
	} {
		p, err := emvco.Parse(signed(text))
		broken, ok := errors.AsType[*emvco.RulesError](err)
		if !ok || len(broken.Problems) != 1 || broken.Problems[0].String() != want {
			t.Errorf("%q:\n%v\nwant a *RulesError\n%s", text, err, want)
		}
		if _, unwritten := p.Text(); unwritten == nil || err == nil || unwritten.Error() != err.Error() {
			t.Errorf("%q: read with %v, written with %v; want the same", text, err, unwritten)
		}
	}
}

// What Parse could not give back is not written.
func TestWhatCouldNotBeReadIsNotWritten(t *testing.T) {
	base, err := emvco.Parse(signed(good))
	if err != nil {
		t.Fatal(err)
	}
	id := func(id, value string) emvco.Object { return emvco.Object{ID: id, Value: value} }
	long := []emvco.Object{}
	for _, i := range []string{"65", "66", "67", "68", "69"} {
		long = append(long, id(i, strings.Repeat("x", 99)))
	}
	for want, more := range map[string][]emvco.Object{
		`has an object of the ID "7": want two digits`:                 {id("7", "x")},
		`has an object of the ID "a1": want two digits`:                {id("a1", "x")},
		"00 at 62: is written by itself: want it left out":             {id("00", "01")},
		"63 at 62: is written by itself: want it left out":             {id("63", "ABCD")},
		"59 at 62: is there twice: want each object once":              {id("59", "TEA")},
		"80 at 62: is a template and has a value of its own":           {id("80", "0002ab")},
		"61 at 62: is no template and has objects: want a value alone": {{ID: "61", Value: "1", Objects: []emvco.Object{id("00", "x")}}},
		"62.05 at 66: is empty: want a value, or the object left out":  {{ID: "62", Objects: []emvco.Object{id("05", "")}}},
		"65 at 62: is not UTF-8":                                       {id("65", "\xff")},
		"of 100 characters: at most 99":                                {id("65", strings.Repeat("x", 100))},
		"at 0: has 585 characters: at most 512":                        long,
	} {
		p := emvco.Payload{Objects: append(base.Objects[:len(base.Objects):len(base.Objects)], more...)}
		text, err := p.Text()
		if _, ok := errors.AsType[*emvco.RulesError](err); !ok || text != "" || !strings.Contains(err.Error(), want) {
			t.Errorf("%q, %v; want a *RulesError, %s", text, err, want)
		}
	}
}
