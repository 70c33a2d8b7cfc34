//go:build unix

package examples_test

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// A node is a victim that is killed from outside, and stays dead for a while.
type node struct {
	*victim
	id string // the name by which the database knows it

	mu     sync.Mutex
	living context.Context // ends with the process; nil while there is none that answers
	die    context.CancelFunc
	died   time.Time
}

// alive is a context that ends with the node, nil if it is dead.
func (n *node) alive() context.Context {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.living
}

// await waits until a process that was started answers.
func (n *node) await() {
	client := &http.Client{Timeout: time.Minute}
	defer client.CloseIdleConnections()
	resp, err := client.Get("http://" + n.back + "/")
	if err != nil {
		n.t.Errorf("%s does not answer: %v", n.id, err)
		return
	}
	resp.Body.Close()
	n.mu.Lock()
	n.living, n.die = context.WithCancel(context.Background())
	n.mu.Unlock()
	n.victim.mu.Lock()
	defer n.victim.mu.Unlock()
	n.up = true
}

// fall kills the process. What it had to answer gets no other answer than 502.
func (n *node) fall() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.victim.mu.Lock()
	defer n.victim.mu.Unlock()
	n.blow()
	n.died = time.Now()
	n.life++
	n.up, n.victim.working = false, 0
	n.die()
	n.living = nil
}
