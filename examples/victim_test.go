//go:build unix

package examples_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// phase is where in the service of a message its server is killed.
type phase int

const (
	before phase = iota // it has arrived, and is for the next process
	during              // at any moment after it was handed over
	after               // it was answered, and the answer is lost
)

// A victim is a server that is killed at random, again and again, under load: at a
// message that is drawn by its number in the life of the process, or at a moment
// around it. It is safe for concurrent use.
type victim struct {
	*worker
	t      *testing.T
	back   string       // address of the process
	next   http.Handler // the process
	killed func()       // is told of each kill that counts

	mu      sync.Mutex
	random  *rand.Rand
	spared  bool
	life    int
	up      bool // this process has answered
	arrived int  // messages in this life since
	at      int  // the one to kill at
	how     phase
	working int // messages that this process has and has not answered

	blows blows
}

// blows are how often servers were killed.
type blows struct {
	kills int // that count: of a process that was alive, had answered, and had messages to answer
	had   int // messages that these had to answer
	early int // of processes that had not answered yet
	idle  int // of processes that had nothing to answer
}

func (b blows) plus(o blows) blows {
	return blows{b.kills + o.kills, b.had + o.had, b.early + o.early, b.idle + o.idle}
}

func (b blows) String() string {
	return fmt.Sprintf("%d kills, each with %.1f messages under way on average, besides %d of servers that had just started and %d of idle ones",
		b.kills, float64(b.had)/float64(max(b.kills, 1)), b.early, b.idle)
}

// front is the address under which the victim is known.
func (v *victim) front(l net.Listener) {
	server := &http.Server{Handler: v}
	go server.Serve(l)
	v.t.Cleanup(func() { server.Close() })
}

// ServeHTTP passes a message on to the process, and kills that where it was drawn.
func (v *victim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	life, how, hit := v.arrive()
	switch {
	case !hit:
		v.pass(w, r)
	case how == before:
		v.strike(life)
		v.pass(w, r)
	case how == during:
		v.later(life, 5*time.Millisecond)
		v.pass(w, r)
	default:
		v.pass(discard{http.Header{}}, r)
		v.strike(life)
		panic(http.ErrAbortHandler)
	}
}

// arrive counts a message, and says whether it is the one.
func (v *victim) arrive() (life int, how phase, hit bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.up {
		v.arrived++
	}
	return v.life, v.how, v.up && v.arrived == v.at && !v.spared
}

// pass lets the process serve a message. Where it dies of it, there is no answer.
func (v *victim) pass(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	life := v.life
	v.working++
	v.mu.Unlock()
	answered := false
	defer func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		if life == v.life {
			v.working--
			v.up = v.up || answered
		}
	}()
	v.next.ServeHTTP(w, r)
	answered = true
}

// later kills within a while.
func (v *victim) later(life int, within time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	time.AfterFunc(time.Duration(v.random.Int64N(int64(within))), func() { v.strike(life) })
}

// strike kills the process, if it is still in that life, and starts the next one.
func (v *victim) strike(life int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.spared || v.life != life {
		return
	}
	if v.blow() {
		v.start(v.t)
		v.draw()
	}
}

// blow kills the process, and counts that, with mu held.
func (v *victim) blow() bool {
	if !v.kill() {
		v.t.Errorf("the %s ended by itself", v.name)
		v.spared = true
		return false
	}
	switch {
	case !v.up:
		v.blows.early++
	case v.working == 0:
		v.blows.idle++
	default:
		v.blows.kills++
		v.blows.had += v.working
		v.killed()
	}
	return true
}

// draw begins a life, and says when it ends.
func (v *victim) draw() {
	v.life++
	v.up, v.arrived, v.working = false, 0, 0
	v.at = 1 + v.random.IntN(4<<v.random.IntN(6))
	v.how = phase(v.random.IntN(3))
	if v.random.IntN(10) == 0 { // while it reads what the one before left
		life := v.life
		time.AfterFunc(time.Duration(v.random.Int64N(int64(40*time.Millisecond))), func() {
			v.mu.Lock()
			up := v.up
			v.mu.Unlock()
			if !up {
				v.strike(life)
			}
		})
	}
}

// load is how many messages the process has to answer.
func (v *victim) load() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.working
}

// expose lets it be killed from now on. It has answered before.
func (v *victim) expose() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.spared = false
	v.draw()
	v.up = true
}

// spare lets the process live from now on.
func (v *victim) spare() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.spared = true
}
