package sqlite

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Wherever the power goes, from the first byte of a new file on, each
// transaction that was acknowledged is there, whole, and no other in part. The
// log is moved into the file every few pages, so that many steps are of that.
func TestPowerCutAtEachStep(t *testing.T) {
	if testing.Short() {
		t.Skip("cuts the power 900 times")
	}
	for name, left := range map[string]survival{
		"nothing": nothing, "some writes": someWrites, "some sectors": someSectors, "everything": everything,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acknowledged, cut := 0, 1
			for {
				acked, reached := cutAt(t, cut, left)
				if acknowledged += acked; !reached {
					break
				}
				cut++
			}
			if acknowledged == 0 {
				t.Error("no transaction was ever acknowledged")
			}
			t.Logf("%d power cuts, %d transactions acknowledged, 0 lost", cut, acknowledged)
		})
	}
}

// cutAt runs a new machine until a step, or to its end, and a second time to see
// what is left.
func cutAt(t *testing.T, step int, left survival) (acknowledged int, reached bool) {
	const transactions, size = 12, 3000
	m := newMachine(t, uint64(step))
	m.extra = "&_pragma=wal_autocheckpoint(8)"
	m.disk.powerOffAt(step)
	var acked []string
	s, _ := m.boot(nil)
	if s != nil {
		acked = m.write(s, 1, transactions, size)
	}
	reached = m.disk.isOff()
	if !reached && len(acked) != transactions {
		t.Fatalf("with power, %d of %d transactions were acknowledged", len(acked), transactions)
	}
	m.cutPower(s, left)
	s, lost := m.boot(acked)
	if lost > 0 {
		t.Fatalf("power cut at step %d: %d of %d acknowledged transactions are lost", step, lost, len(acked))
	}
	if err := m.pair(s, "after", size); err != nil {
		t.Fatalf("power cut at step %d: the store does not go on: %v", step, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return len(acked), reached
}

// rounds cut the power again and again while many write, on one disk that
// grows, and return how many acknowledged transactions there were, and how many
// of them were lost.
func (m *machine) rounds(cuts int) (acknowledged, lost int) {
	var acked []string
	for range cuts {
		s, missing := m.boot(acked)
		lost += missing
		m.disk.powerOffAt(1 + m.random.IntN(3000))
		fresh := m.write(s, 8, 1000, 8_000)
		acknowledged += len(fresh)
		acked = append(slices.Clone(m.stored), fresh...) // what is lost once is not lost again
		m.cutPower(s, survival(m.random.IntN(int(everything)+1)))
	}
	s, missing := m.boot(acked)
	if err := s.Close(); err != nil {
		m.t.Error(err)
	}
	return acknowledged, lost + missing
}

func TestPowerCutsUnderLoad(t *testing.T) {
	acknowledged, lost := newMachine(t, rand.Uint64()).rounds(powerCuts)
	if lost > 0 || acknowledged == 0 {
		t.Errorf("%d of %d acknowledged transactions are lost after %d power cuts", lost, acknowledged, powerCuts)
	}
	t.Logf("synchronous=FULL: %d power cuts, %d transactions acknowledged, %d lost", powerCuts, acknowledged, lost)
}

// With synchronous=NORMAL a commit is done before it is safe. What that loses
// shows that the disk forgets, and so that the tests above can fail.
func TestPowerCutsWithoutFullLose(t *testing.T) {
	const cuts = 8
	m := newMachine(t, rand.Uint64())
	m.careless = true
	acknowledged, lost := m.rounds(cuts)
	if lost == 0 {
		t.Errorf("none of %d acknowledged transactions is lost after %d power cuts", acknowledged, cuts)
	}
	t.Logf("synchronous=NORMAL: %d power cuts, %d transactions acknowledged, %d lost", cuts, acknowledged, lost)
}
