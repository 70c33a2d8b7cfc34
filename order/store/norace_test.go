//go:build !race

package store_test

// kills is how often a crash test kills its child.
const kills = 48
