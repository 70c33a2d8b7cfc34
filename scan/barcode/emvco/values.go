package emvco

import (
	"slices"
	"strings"
)

// ruleOf is the rule for the value of an object at a level.
func ruleOf(level, id string) rule {
	switch level {
	case "":
		return rootRule(id)
	case "62":
		return additionalRule(id)
	case "64":
		return languageRule(id)
	}
	if id == "00" {
		return ans(1, 32)
	}
	return anything(99)
}

// rootRule is that of an object outside templates.
func rootRule(id string) rule {
	switch id {
	case "01":
		return numeric(2).of("11 or 12", "11", "12")
	case "52":
		return numeric(4)
	case "53":
		return numeric(3)
	case "54", "56":
		return ans(1, 13).like("digits with at most one point, more than 0", isAmount)
	case "55":
		return numeric(2).of("01, 02 or 03", "01", "02", "03")
	case "57":
		return ans(1, 5).like("a percentage from 00.01 to 99.99", isPercentage)
	case "58":
		return ans(2, 2).like("two upper-case letters", func(v string) bool { return strings.Trim(v, letters) == "" })
	case "59":
		return ans(1, 25)
	case "60":
		return ans(1, 15)
	case "61":
		return ans(1, 10)
	}
	if id < "26" {
		return ans(1, 99)
	}
	return anything(99)
}

// additionalRule is that of an object in the additional data.
func additionalRule(id string) rule {
	switch {
	case id == "09":
		return ans(1, 3).like("of A, M and E each at most once", isRequest)
	case id == "10":
		return ans(1, 20)
	case id == "11":
		return ans(3, 3)
	case id >= "01" && id <= "08":
		return ans(1, 25)
	}
	return anything(99)
}

// languageRule is that of an object in the language template.
func languageRule(id string) rule {
	switch id {
	case "00":
		return ans(2, 2).like("two letters", func(v string) bool { return strings.Trim(strings.ToUpper(v), letters) == "" })
	case "01":
		return anything(25)
	case "02":
		return anything(15)
	}
	return anything(99)
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// numeric wants so many digits.
func numeric(n int) rule {
	return rule{min: n, max: n, allowed: func(c rune) bool { return c >= '0' && c <= '9' }, alphabet: "digits"}
}

// ans wants the common character set of EMV Book 4.
func ans(least, most int) rule {
	return rule{min: least, max: most, allowed: func(c rune) bool { return c >= ' ' && c <= '~' }, alphabet: "printable ASCII"}
}

// anything wants any text.
func anything(most int) rule { return rule{min: 1, max: most} }

// like adds a form to a rule.
func (r rule) like(want string, form func(string) bool) rule {
	r.form, r.want = form, want
	return r
}

// of adds a choice of values to a rule.
func (r rule) of(want string, values ...string) rule {
	return r.like(want, func(v string) bool { return slices.Contains(values, v) })
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// isAmount says that v is an amount as the specification writes them: "98.73",
// "98" and "98." are, ".5" and "0.00" are not.
func isAmount(v string) bool {
	whole, fraction, _ := strings.Cut(v, ".")
	return whole != "" && isDigits(whole) && isDigits(fraction) && strings.Trim(v, "0.") != ""
}

// isPercentage says that v is an amount of up to 99.99.
func isPercentage(v string) bool {
	whole, fraction, _ := strings.Cut(v, ".")
	return isAmount(v) && len(whole) <= 2 && len(fraction) <= 2
}

// isRequest says that v asks for the payer's address, mobile number and e-mail
// address, or some of them.
func isRequest(v string) bool {
	return strings.Trim(v, "AME") == "" && strings.Count(v, "A") < 2 && strings.Count(v, "M") < 2 && strings.Count(v, "E") < 2
}
