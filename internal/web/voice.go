package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/bojanz/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"

	"github.com/anyscan/anyscan/order"
)

// voice is the pages in one language.
type voice struct {
	tag     language.Tag
	dir     string // of its script: ltr or rtl
	printer *message.Printer
	pages   *template.Template
	money   currency.Formatter // with the currency's symbol
	number  currency.Formatter // without
	site    map[string]string  // what is the same on all pages
}

// newVoice makes the pages speak a language.
func (s *Site) newVoice(tag language.Tag, texts catalog.Catalog, pages *template.Template) (*voice, error) {
	v := &voice{tag: tag, dir: direction(tag), printer: message.NewPrinter(tag, message.Catalog(texts))}
	v.money = *currency.NewFormatter(currency.NewLocale(tag.String()))
	v.site = map[string]string{"lang": tag.String(), "dir": v.dir, "style": s.style.Address, "style-hash": s.style.Integrity,
		"script": s.script.Address, "script-hash": s.script.Integrity}
	v.number = v.money
	v.number.CurrencyDisplay = currency.DisplayNone
	own, err := pages.Clone()
	if err == nil {
		v.pages = own.Funcs(v.funcs())
	}
	return v, err
}

// funcs are what a template can call.
func (v *voice) funcs() template.FuncMap {
	return template.FuncMap{"t": v.say, "site": v.always, "told": v.told, "money": v.amount, "number": v.plain, "cost": cost, "day": v.day, "hour": v.hour, "hidden": hidden, "clock": minutes}
}

// say is the text in the voice's language. What is put into it stands by itself, so
// that a name in one script does not turn the order of words in another.
func (v *voice) say(text string, args ...any) string {
	for i, a := range args {
		if s, ok := a.(string); ok && (v.dir == "rtl" || strings.ContainsFunc(s, rightToLeft)) {
			args[i] = "\u2068" + s + "\u2069"
		}
	}
	return v.printer.Sprintf(text, args...)
}

// always is what is the same on all pages, by its name.
func (v *voice) always(name string) string { return v.site[name] }

// told is a text that was not written for pages, in the voice's language where the
// catalogue has it.
func (v *voice) told(text string) string {
	if strings.Contains(text, "%") {
		return text
	}
	return v.say(text)
}

// amount is an amount as it is written in the voice's language, such as €1,230.00.
func (v *voice) amount(m order.Money) string { return write(v.money, m) }

// plain is an amount without its currency, such as 1,230.00.
func (v *voice) plain(m order.Money) string { return write(v.number, m) }

// write has as many digits after the point as ISO 4217 says, whatever the formatter's
// own tables do: a point in another place would be another amount.
func write(f currency.Formatter, m order.Money) string {
	decimal := m.Decimal()
	a, err := currency.NewAmount(decimal, m.Currency)
	digits, ok := order.Exponent(m.Currency)
	if err != nil || !ok {
		return strings.TrimSpace(decimal + " " + m.Currency)
	}
	f.MinDigits, f.MaxDigits = uint8(digits), uint8(digits)
	return f.Format(a)
}

// day is a time to the minute, in UTC. The text is a layout of package time.
func (v *voice) day(at time.Time) string {
	return at.UTC().Format(v.say("2 January 2006, 15:04 UTC"))
}

// hour is a time of a day that need not be said, to the minute, in UTC.
func (v *voice) hour(at time.Time) string { return at.UTC().Format(v.say("15:04 UTC")) }

// minutes is a number of seconds as minutes and seconds.
func minutes(seconds int) string {
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// cost is what a line comes to.
func cost(l order.Line) (order.Money, error) { return l.Price.Times(l.Quantity) }

// direction is how a language is written, by its script (UAX 24).
func direction(tag language.Tag) string {
	script, _ := tag.Script()
	if slices.Contains([]string{"Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"}, script.String()) {
		return "rtl"
	}
	return "ltr"
}

// rightToLeft finds what may turn the order of words: the blocks of scripts that are
// written so (Unicode Bidi_Class R and AL).
func rightToLeft(r rune) bool {
	return r >= 0x590 && r <= 0x8ff || r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfeff || r >= 0x10800 && r <= 0x10fff || r >= 0x1e800 && r <= 0x1efff
}
