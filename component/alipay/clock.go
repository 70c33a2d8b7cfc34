package alipay

import "time"

const clock = "2006-01-02 15:04:05" // Alipay's, in China's time

func china() *time.Location { return time.FixedZone("CST", 8*60*60) }

// stamp writes a time as Alipay does.
func stamp(t time.Time) string { return t.In(china()).Format(clock) }

// parseStamp reads a time of Alipay's, perhaps with a fraction of a second; none
// is the zero time.
func parseStamp(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(clock, s, china())
	return t.UTC(), err
}
