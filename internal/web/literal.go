package web

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"
	"text/template/parse"
)

// settle replaces what always says the same, {{t "…"}} and {{site "…"}}, by what it
// says: most of a page is such texts, and looking each up again took more time than all
// the rest. It does so when html/template has escaped the pages, and so knows where in
// a page each stands: only what is escaped as a page's text or as an attribute between
// quotes is settled. The error says which page cannot be escaped, or which text cannot
// be said.
func (v *voice) settle(pages []string) error {
	for _, name := range pages {
		err := v.pages.ExecuteTemplate(io.Discard, name, nil) // fails for want of data, once all is escaped
		if bad, ok := errors.AsType[*template.Error](err); ok {
			return bad
		}
	}
	var errs []error
	for _, t := range v.pages.Templates() {
		if t.Tree != nil {
			errs = append(errs, v.settleList(t.Tree.Root))
		}
	}
	return errors.Join(errs...)
}

func (v *voice) settleList(list *parse.ListNode) error {
	if list == nil {
		return nil
	}
	var errs []error
	for i, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			errs = append(errs, v.check(n.Pipe))
			if text, ok := v.constant(n.Pipe); ok {
				list.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(template.HTMLEscapeString(text))}
			}
		case *parse.IfNode:
			errs = append(errs, v.settleBranch(n.BranchNode))
		case *parse.RangeNode:
			errs = append(errs, v.settleBranch(n.BranchNode))
		case *parse.WithNode:
			errs = append(errs, v.settleBranch(n.BranchNode))
		}
	}
	return errors.Join(errs...)
}

func (v *voice) settleBranch(b parse.BranchNode) error {
	return errors.Join(v.settleList(b.List), v.settleList(b.ElseList))
}

// constant is what a pipe says that is t or site with a literal and nothing else.
func (v *voice) constant(p *parse.PipeNode) (text string, ok bool) {
	name, literal, args := called(p)
	if args != 1 || len(p.Decl) > 0 || len(p.Cmds) < 2 {
		return "", false
	}
	escaper := p.Cmds[len(p.Cmds)-1].String()
	switch {
	case escaper != "_html_template_htmlescaper" && escaper != "_html_template_attrescaper":
		return "", false
	case name == "t" && len(p.Cmds) == 2:
		return v.say(literal), true
	case name == "site": // addresses and hashes, which no other escaper changes
		return v.site[literal], true
	}
	return "", false
}

// check reports a text of the catalogue into which more is put than its page has for
// it: a percent sign of its own is written twice.
func (v *voice) check(p *parse.PipeNode) error {
	name, literal, args := called(p)
	if name != "t" {
		return nil
	}
	said := v.say(literal, make([]any, args-1)...)
	if strings.Contains(said, "(MISSING)") || strings.Contains(said, "(NOVERB)") || strings.Contains(said, "(BADINDEX)") {
		return fmt.Errorf("the text %q is said in %s as %q: want at most %d times %%s, and %%%% for a percent sign", literal, v.tag, said, args-1)
	}
	return nil
}

// called is the function that a pipe begins with, the literal that it is given first,
// and how many arguments it is given.
func called(p *parse.PipeNode) (name, literal string, args int) {
	if len(p.Cmds) == 0 || len(p.Cmds[0].Args) < 2 {
		return "", "", 0
	}
	function, isName := p.Cmds[0].Args[0].(*parse.IdentifierNode)
	text, isText := p.Cmds[0].Args[1].(*parse.StringNode)
	if !isName || !isText {
		return "", "", 0
	}
	return function.Ident, text.Text, len(p.Cmds[0].Args) - 1
}
