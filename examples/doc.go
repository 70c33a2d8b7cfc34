// Package examples holds whole payments as tests, one scenario a file, and the
// rules that the house keeps as a whole. Programs that run are in its folders:
//
//	quickstart  one payment through the whole system, in one process: begin here
//	clearing    a clearing institution with its gateway, from a configuration file
//	acquirer    a backend with its own sales takes the library in
//	audit       signs what the histories of orders come to, and checks them
//	superapp    a terminal that reads pictures of codes, and asks
//	reconcile   the end of a day: the clearing file, and what both sides make of it
//	verify      which addresses a policy would open, a line each
//	node        an acquirer and a terminal in JavaScript, from the OpenAPI document alone
//
// Clearing, acquirer and superapp take a payment together; the documentation of
// clearing has the commands. Package local runs all servers on one machine; in
// internal are the parts that the programs have in common.
package examples
