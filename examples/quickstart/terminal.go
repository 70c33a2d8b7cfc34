package main

import (
	"github.com/anyscan/anyscan/examples/internal/console"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/scan"
)

// camera is a terminal that can judge codes, and reaches the town.
func (t *town) camera() (console.Terminal, error) {
	codes, err := t.CodePolicy()
	if err != nil {
		return console.Terminal{}, err
	}
	gateways, err := t.GatewayPolicy()
	return console.Terminal{Codes: codes, Gateways: gateways, Client: t.Client()}, err
}

// terminal is a camera app without payment functions; in mode app it is a
// wallet that carries a component.
func (t *town) terminal(f flags, h *console.Host, p *console.Printer) (*scan.Payer, error) {
	terminal, err := t.camera()
	if err != nil {
		return nil, err
	}
	terminal.Wallet, terminal.Mode = t.Wallet, f.mode
	switch f.mode {
	case gateway.ModeApp:
		terminal.Component = f.target("blue")
	case gateway.ModeTerminal:
		terminal.Component = f.target("amber")
	}
	return terminal.Open(h, p)
}

// target is the component that a mode other than choose leads to.
func (f flags) target(standard string) string {
	if f.pay != "" {
		return f.pay
	}
	return standard
}
