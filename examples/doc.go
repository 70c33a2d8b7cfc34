// Package examples holds whole payments as tests, one scenario a file, and the
// rules that the house keeps as a whole. Programs that run are in its folders:
// quickstart first. In node are an acquirer and a terminal in JavaScript, written
// from the OpenAPI document alone.
package examples
