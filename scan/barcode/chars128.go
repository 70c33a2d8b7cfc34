package barcode

import "math"

// The symbol characters that are not data, by their value.
const (
	shift128  = 98
	codeC128  = 99
	codeB128  = 100 // FNC 4 where B is in force
	codeA128  = 101 // FNC 4 where A is in force
	fnc1128   = 102
	startA128 = 103
	startC128 = 105
	stop128   = 106
)

// widths128 has the widths of bars and spaces of every symbol character by its
// value, after ISO/IEC 15417 table 1. The stop has one more bar of two modules.
// It is written as a string so that it is a constant.
const widths128 = "" +
	"212222222122222221121223121322131222122213122312132212221213" +
	"221312231212112232122132122231113222123122123221223211221132" +
	"221231213212223112312131311222321122321221312212322112322211" +
	"212123212321232121111323131123131321112313132113132311211313" +
	"231113231311112133112331132131113123113321133121313121211331" +
	"231131213113213311213131311123311321331121312113312311332111" +
	"314111221411431111111224111422121124121421141122141221112214" +
	"112412122114122411142112142211241211221114413111241112134111" +
	"111242121142121241114212124112124211411212421112421211212141" +
	"214121412121111143111341131141114113114311411113411311113141" +
	"114131311141411131211412211214211232233111"

// readEdges finds the codes along a line.
func readEdges(edges []float64) []barLine {
	var out []barLine
	for i := 0; i+6*4+1 < len(edges); i += 2 {
		if !quiet(edges, i) {
			continue
		}
		c, ok := start(edges[i:])
		if !ok {
			continue
		}
		if b, last, ok := readFrom(edges, i, c); ok {
			out = append(out, b)
			i = last - 1
		}
	}
	return out
}

// start says whether a code may start here. Most places are none, so only the
// three starts are compared before all characters are.
func start(edges []float64) (c int, ok bool) {
	runs := widths(edges)
	for v := startA128; v <= startC128; v++ {
		if misfit128(&runs, v) < tolerance128 {
			c, off := char128(edges)
			return c, c >= startA128 && c <= startC128 && off < tolerance128
		}
	}
	return 0, false
}

// tolerance128 is the largest sum of squared differences, in modules, at which
// six runs count as a character. Two characters differ by four at least.
const tolerance128 = 0.9

// quiet says whether the space before edge i is wide enough for one that a
// code begins after.
func quiet(edges []float64, i int) bool {
	before := edges[i] // up to the line's beginning
	if i > 0 {
		before -= edges[i-1]
	} else {
		before = math.Inf(1)
	}
	return before > (edges[i+6]-edges[i])/11*4
}

// readFrom reads characters from a start on to the stop and checks their sum.
func readFrom(edges []float64, i, start int) (b barLine, last int, ok bool) {
	codes, sum, off := []byte{byte(start)}, start, 0.0
	width := edges[i+6] - edges[i]
	at := i + 6
	for ; at+7 < len(edges); at += 6 {
		w := edges[at+6] - edges[at]
		if math.Abs(w-width) > width/4 {
			return b, 0, false
		}
		c, misfit := char128(edges[at:])
		off += misfit
		if misfit > tolerance128 || c >= startA128 && c < stop128 {
			return b, 0, false
		}
		if c == stop128 {
			break
		}
		width = w
		sum += c * len(codes)
		codes = append(codes, byte(c))
	}
	if at+7 >= len(edges) || len(codes) < 3 {
		return b, 0, false
	}
	module := width / 11
	if bar := edges[at+7] - edges[at+6]; bar < module || bar > 3.2*module {
		return b, 0, false
	}
	if at+8 < len(edges) && edges[at+8]-edges[at+7] < 3*module {
		return b, 0, false
	}
	check := len(codes) - 1
	sum -= int(codes[check]) * check
	if sum%103 != int(codes[check]) {
		return b, 0, false
	}
	return barLine{codes: codes[:check], start: edges[i], end: edges[at+7], off: off / float64(len(codes))}, at + 8, true
}

// char128 gives the character whose bars and spaces fit the six runs from the
// first edge on best, and how far they are off. Ink and light spread over edges: what makes all bars
// wider and all spaces narrower does not count.
func char128(edges []float64) (c int, off float64) {
	runs := widths(edges)
	best, second := math.Inf(1), math.Inf(1)
	for v := range stop128 + 1 {
		if d := misfit128(&runs, v); d < best {
			best, second, c = d, best, v
		} else if d < second {
			second = d
		}
	}
	if best > 0.7*second { // it could as well be another
		return c, math.Inf(1)
	}
	return c, best
}

// widths gives six runs in modules, of which a character has eleven.
func widths(edges []float64) (runs [6]float64) {
	f := 11 / (edges[6] - edges[0])
	for i := range runs {
		runs[i] = (edges[i+1] - edges[i]) * f
	}
	return runs
}

// misfit128 is the sum of the squared differences of six runs to a character's.
func misfit128(runs *[6]float64, c int) float64 {
	var d [6]float64
	spread := 0.0
	for i := range d {
		d[i] = runs[i] - float64(widths128[6*c+i]-'0')
		spread += d[i] * float64(1-2*(i&1))
	}
	spread = min(max(spread/6, -0.6), 0.6)
	sum := 0.0
	for i, v := range d {
		v -= spread * float64(1-2*(i&1))
		sum += v * v
	}
	return sum
}
