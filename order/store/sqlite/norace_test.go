//go:build !race

package sqlite

// powerCuts is how often a test cuts the power under load.
const powerCuts = 100
