package barcode

// Along a line across bars, edges lists where light turns dark, dark turns
// light and so on, in pixels between which it may lie: even places begin a
// dark bar, odd ones a light space.

// swings takes every up and down that is worth the name for a bar, however
// faint blur has made it, and puts the edge halfway between the two extremes.
func swings(out, profile []float64) []float64 {
	lo, hi := bounds(profile)
	worth := max(10, (hi-lo)/10)
	rising, best, at := true, profile[0], 0 // the extreme in the making
	before, beforeAt := 0.0, -1             // the one before it
	edge := func() {
		if beforeAt >= 0 {
			out = append(out, halfway(profile, beforeAt, at, before, best))
		}
		before, beforeAt = best, at
	}
	for i, v := range profile {
		switch {
		case rising && v >= best, !rising && v <= best:
			best, at = v, i
		case rising && v < best-worth, !rising && v > best+worth:
			edge()
			rising, best, at = !rising, v, i
		}
	}
	if beforeAt >= 0 && max(best-before, before-best) >= worth {
		edge()
	}
	if len(out)%2 == 1 { // dark at the end
		out = append(out, float64(len(profile)))
	}
	return out
}

// halfway is where between two places the profile passes the middle of a and b.
func halfway(profile []float64, from, to int, a, b float64) float64 {
	level := (a + b) / 2
	for i := from; i < to; i++ {
		if (profile[i] < level) != (profile[i+1] < level) {
			return float64(i) + 0.5 + cut(profile[i], profile[i+1], level)
		}
	}
	return float64(from+to+1) / 2
}

// crossings takes one level for the whole of the line's surroundings: the mean
// of 64 pixels around each.
func crossings(out, profile []float64) []float64 {
	const reach = 32
	sum, n := 0.0, 0
	for _, v := range profile[:min(reach, len(profile))] {
		sum, n = sum+v, n+1
	}
	dark := false
	for i, v := range profile {
		if i+reach < len(profile) {
			sum, n = sum+profile[i+reach], n+1
		}
		if i-reach > 0 {
			sum, n = sum-profile[i-reach-1], n-1
		}
		level := sum/float64(n) - 4
		if (v < level) == dark {
			continue
		}
		dark = !dark
		if i == 0 {
			out = append(out, 0)
		} else {
			out = append(out, float64(i)-0.5+cut(profile[i-1], v, level))
		}
	}
	if dark {
		out = append(out, float64(len(profile)))
	}
	return out
}

func bounds(profile []float64) (lo, hi float64) {
	lo, hi = profile[0], profile[0]
	for _, v := range profile {
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}
