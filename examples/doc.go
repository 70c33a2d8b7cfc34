// Package examples holds whole payments as tests, one scenario a file, and the
// rules that the house keeps as a whole. Programs that run are in its folders:
// quickstart first.
package examples
