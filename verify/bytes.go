package verify

// What each byte is, by its number, 16 in a row.
const (
	// restBytes are those behind a host: 1 for what stands for itself, 0 for what may
	// not be there; % ? and # mean something.
	restBytes = "" +
		"0000000000000000" +
		"0000000000000000" +
		"010#1%1111111111" +
		"111111111111010?" +
		"1111111111111111" +
		"1111111111110101" +
		"0111111111111111" +
		"1111111111100010" +
		"0000000000000000000000000000000000000000000000000000000000000000" +
		"0000000000000000000000000000000000000000000000000000000000000000"
	// hostBytes are those of a host: a for small letters, digits and hyphens, A for
	// capital letters, 0 for what may not be there.
	hostBytes = "" +
		"0000000000000000" +
		"0000000000000000" +
		"0000000000000a.0" +
		"aaaaaaaaaa000000" +
		"0AAAAAAAAAAAAAAA" +
		"AAAAAAAAAAA00000" +
		"0aaaaaaaaaaaaaaa" +
		"aaaaaaaaaaa00000" +
		"0000000000000000000000000000000000000000000000000000000000000000" +
		"0000000000000000000000000000000000000000000000000000000000000000"
)
