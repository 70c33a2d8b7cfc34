package web

import (
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/text/language"
)

// localesName is the parameter by which a person picks a language, as OpenID Connect
// Core 1.0 section 3.1.2.1 names it, and the cookie that remembers it.
const localesName = "ui_locales"

// maxLocales is how much of what a request says of languages is read.
const maxLocales = 256 // bytes

// maxHeard is how many different wishes are remembered with their voices: browsers
// have few.
const maxHeard = 1000

// speak is the voice for a request: what its person picked before, or else what the
// browser accepts.
func (s *Site) speak(r *http.Request) *voice {
	if c, err := r.Cookie(localesName); err == nil {
		if v := s.match(c.Value); v != nil {
			return v
		}
	}
	if v := s.match(r.Header.Get("Accept-Language")); v != nil {
		return v
	}
	return s.voices[0]
}

// match is the voice that fits wishes such as "zh-CN,zh;q=0.9" best; nil for none.
func (s *Site) match(wishes string) *voice {
	if wishes == "" || len(wishes) > maxLocales {
		return nil
	}
	if v, ok := s.heard.Load(wishes); ok {
		return v.(*voice)
	}
	v := s.listen(wishes)
	if s.wishes.Add(1) <= maxHeard {
		s.heard.Store(strings.Clone(wishes), v) // else it holds the whole header that it is a part of
	}
	return v
}

func (s *Site) listen(wishes string) *voice {
	tags, _, err := language.ParseAcceptLanguage(wishes)
	if err != nil {
		return nil
	}
	if _, i, confidence := s.matcher.Match(tags...); confidence != language.No {
		return s.voices[i]
	}
	return nil
}

// pick remembers the language that the address asks for, and sends the browser on to
// the address without it: nothing else sees the parameter, which belongs to no code.
func (s *Site) pick(w http.ResponseWriter, r *http.Request) (picked bool) {
	if !readOnly(r) || !strings.Contains(r.URL.RawQuery, localesName) || PrefersJSON(r) {
		return false
	}
	rest, wishes := withoutLocales(r.URL.RawQuery)
	if rest == r.URL.RawQuery {
		return false
	}
	if v := s.match(wishes); v != nil {
		http.SetCookie(w, &http.Cookie{Name: localesName, Value: v.tag.String(), Path: "/", MaxAge: 365 * 24 * 60 * 60,
			HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(s.base, "https:")})
	}
	w.Header().Set("Location", s.address(r.URL.Path, rest))
	w.WriteHeader(http.StatusSeeOther)
	return true
}

// withoutLocales is the query without the parameter, to the byte, and the parameter's
// value.
func withoutLocales(query string) (rest, wishes string) {
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name != localesName {
			kept = append(kept, pair)
			continue
		}
		wishes, _ = url.QueryUnescape(value)
	}
	return strings.Join(kept, "&"), wishes
}

// tongue is a language that a page offers.
type tongue struct{ Tag, Name, Address string }

// tongues are the other languages of the page, which a request that can be repeated
// is answered with.
func (s *Site) tongues(r *http.Request, spoken *voice) (others []tongue) {
	if !readOnly(r) {
		return nil
	}
	rest, _ := withoutLocales(r.URL.RawQuery)
	if rest != "" {
		rest += "&"
	}
	for _, v := range s.voices {
		if v != spoken {
			tag := v.tag.String()
			others = append(others, tongue{tag, v.say(english), s.address(r.URL.Path, rest+localesName+"="+tag)})
		}
	}
	return others
}

// readOnly reports a request that can be repeated. HEAD is answered as GET is.
func readOnly(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

// address is one of ours, with the public base and never with what a request says of
// its host.
func (s *Site) address(path, query string) string {
	if query == "" {
		return s.base + path
	}
	return s.base + path + "?" + query
}
