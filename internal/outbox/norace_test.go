//go:build !race

package outbox_test

// kills is how often a crash test kills its child.
const kills = 24
