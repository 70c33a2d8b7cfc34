//go:build race

package sqlite

// powerCuts is how often a test cuts the power under load. The race detector
// makes SQLite several times slower, and sees nothing of a power cut.
const powerCuts = 8
