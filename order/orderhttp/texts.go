package orderhttp

import (
	"golang.org/x/text/message/catalog"

	"github.com/anyscan/anyscan/internal/web"
)

// Texts is a new catalogue of all that the pages of an acquirer and of a gateway say,
// in English and Chinese, for [Options.Texts]. The key of a text is its English one:
//
//	texts.SetString(language.German, "Paid", "Bezahlt")
//
// What a language lacks is said in English. A language is offered by the name that it
// has for the text "English". A page in a right-to-left script is laid out that way.
// %s stands where a page puts something in, and %% is a percent sign: NewHandler says
// which text of a page wants more than is put in.
//
// An error is a fault of this library.
func Texts() (*catalog.Builder, error) { return web.Texts() }
