// Package plantest finds SQL that reads a whole table. It records the statements
// that a test really runs, asks the database how it runs each of them however
// many rows there are, and compares them with the source, so that none is
// missed.
//
//	Run ─▶ stores that are recorded ─▶ the test uses them ─▶ EXPLAIN, source
//	                                                     (you are here)
//
// A statement is one of ours if the code that hands it to database/sql is: tests
// and test kits may read what they like.
//
// # Errors
//
// What is found is the test's failure, with the statement, where it is in the
// source, and the plan.
//
// # Security
//
// It is for tests. Arguments of statements are not recorded.
package plantest
