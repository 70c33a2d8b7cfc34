//go:build race

package outbox_test

// kills is how often a crash test kills its child. A process under the race
// detector takes long to start, and the detector sees nothing of a kill.
const kills = 4
