package verify

import (
	"strings"
	"testing"
	"time"
)

// A method's end is one of the calendar: the clock that a reading of time.Now
// carries stands still while a terminal sleeps, and would let what is stale decide.
func TestLiveEndsByTheCalendar(t *testing.T) {
	l := NewLive("string")
	if err := l.Set(&AgreedString{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if until := l.current.Load().until; strings.Contains(until.String(), " m=") {
		t.Errorf("it ends at %v", until)
	}
}
