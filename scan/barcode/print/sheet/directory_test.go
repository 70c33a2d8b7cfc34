package sheet

import (
	"encoding/binary"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/goregular"
)

// collection is a file of so many times the same font.
func collection(members uint32) []byte {
	file := append([]byte("ttcf\x00\x01\x00\x00"), binary.BigEndian.AppendUint32(nil, members)...)
	file = binary.BigEndian.AppendUint32(file, 16)
	font := append([]byte(nil), goregular.TTF...)
	for i := range int(binary.BigEndian.Uint16(font[4:])) { // offsets are those of the file
		at := font[12+16*i+8:]
		binary.BigEndian.PutUint32(at, binary.BigEndian.Uint32(at)+16)
	}
	return append(file, font...)
}

// shared is a collection whose fonts have the same table, of 9 MiB.
func shared(members uint32) []byte {
	const long = 9 << 20
	at := 12 + 4*members
	file := append([]byte("ttcf\x00\x01\x00\x00"), binary.BigEndian.AppendUint32(nil, members)...)
	for range members {
		file = binary.BigEndian.AppendUint32(file, at)
	}
	file = append(file, "OTTO\x00\x01\x00\x00\x00\x00\x00\x00CFF \x00\x00\x00\x00"...)
	file = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(file, at+28), long)
	return append(file, make([]byte, long)...)
}

// A file may not claim more than it has: readers allocate what it claims.
func TestDirectory(t *testing.T) {
	claims := func(at int, bytes ...byte) []byte {
		file := append([]byte(nil), goregular.TTF...)
		copy(file[at:], bytes)
		return file
	}
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"a font":              {goregular.TTF, ""},
		"a collection":        {collection(1), ""},
		"nothing":             {nil, "it has less than 12 bytes"},
		"other words":         {[]byte("%PDF-1.4 and more"), `it begins with "%PDF"`},
		"many tables":         {claims(4, 0xff, 0xff), "it claims 65535 tables, whose list ends behind the file"},
		"a long table":        {claims(12+12, 0xff, 0xff, 0xff, 0xff), "claims 4294967295 bytes from byte"},
		"a table far away":    {claims(12+8, 0xff, 0xff, 0xff, 0xff), "from byte 4294967295"},
		"no fonts":            {collection(0), "it is a collection of 0 fonts; 1 to 64 are read"},
		"many fonts":          {collection(1 << 31), "it is a collection of 2147483648 fonts; 1 to 64 are read"},
		"fonts behind":        {collection(60), "font 1 of the collection: "},
		"few that share":      {shared(10), ""},
		"many that share":     {shared(64), "the first 57 fonts of the collection have tables of more than 512 MiB: give those"},
		"a cut list of fonts": {collection(64)[:20], "it is a collection of 64 fonts; 1 to 64 are read"},
		"a cut font":          {goregular.TTF[:20000], "the file has 20000"},
	} {
		err := checkDirectory(test.file)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}
