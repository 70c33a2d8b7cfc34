package barcode

// text128 is what symbol characters say, from the start on, as UTF-8. Bytes are
// ISO/IEC 8859-1. FNC 1 is GS between fields and nothing at the beginning,
// where it says that the fields are those of GS1.
func text128(codes []byte) (string, bool) {
	set := codes[0] - startA128 // 0, 1, 2 for A, B, C
	var out []rune
	shifted, high, locked := false, false, false
	for i, c := range codes[1:] {
		now := set
		if shifted {
			now, shifted = 1-set, false
		}
		if c == fnc1128 {
			if i > 0 {
				out = append(out, 0x1d)
			}
			continue
		}
		if now == 2 {
			switch {
			case c < 100:
				out = append(out, rune('0'+c/10), rune('0'+c%10))
			case c == codeB128 || c == codeA128:
				set = codeA128 - c
			default:
				return "", false
			}
			continue
		}
		switch {
		case c < 96:
			out = append(out, char(c, now, high != locked))
			high = false
		case c == shift128:
			shifted = true
		case c == codeC128:
			set = 2
		case c == codeA128-now: // the set that is in force: FNC 4
			if high {
				locked = !locked
			}
			high = !high
		case c == codeA128 || c == codeB128:
			set = codeA128 - c
		}
	}
	return string(out), len(out) > 0
}

// char is character c of set A (capitals and controls) or B (capitals and
// small letters).
func char(c, set byte, high bool) rune {
	r := rune(c) + ' '
	if set == 0 && c >= 64 {
		r = rune(c) - 64
	}
	if high {
		r += 128
	}
	return r
}
