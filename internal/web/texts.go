package web

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message/catalog"
)

//go:embed texts/*.json
var texts embed.FS

// english is the name of the language in itself, by which a page offers a language.
const english = "English"

// Texts is a catalogue with what pages say in each language that there is a file for,
// such as texts/zh.json. A text's key is its English one; a text that a language has
// not is said in English. The caller may add to it.
func Texts() (*catalog.Builder, error) {
	b := catalog.NewBuilder(catalog.Fallback(language.English))
	errs := []error{b.SetString(language.English, english, english)}
	names, err := fs.Glob(texts, "texts/*.json")
	errs = append(errs, err)
	for _, name := range names {
		errs = append(errs, addTexts(b, name))
	}
	return b, errors.Join(errs...)
}

func addTexts(b *catalog.Builder, name string) error {
	tag, err := language.Parse(strings.TrimSuffix(path.Base(name), ".json"))
	if err != nil {
		return fmt.Errorf("web: %s: %w", name, err)
	}
	data, err := texts.ReadFile(name)
	said := map[string]string{}
	if err == nil {
		err = json.Unmarshal(data, &said)
	}
	errs := []error{err}
	for key, text := range said {
		errs = append(errs, b.SetString(tag, key, text))
	}
	return errors.Join(errs...)
}
