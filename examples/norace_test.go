//go:build !race && unix

package examples_test

// raced is how many times the memory of a process is that of one without the race
// detector.
const raced = 1
