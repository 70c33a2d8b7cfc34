package web

import (
	"html/template"
	"text/template/parse"
)

// settle replaces what always says the same, {{t "…"}} and {{site "…"}}, by what it
// says: most of a page is such texts, and looking each up again took more time than all
// the rest.
func (v *voice) settle() {
	for _, t := range v.pages.Templates() {
		if t.Tree != nil {
			v.settleList(t.Tree.Root)
		}
	}
}

func (v *voice) settleList(list *parse.ListNode) {
	if list == nil {
		return
	}
	for i, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			if text, ok := v.constant(n.Pipe); ok {
				list.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(template.HTMLEscapeString(text))}
			}
		case *parse.IfNode:
			v.settleBranch(n.BranchNode)
		case *parse.RangeNode:
			v.settleBranch(n.BranchNode)
		case *parse.WithNode:
			v.settleBranch(n.BranchNode)
		}
	}
}

func (v *voice) settleBranch(b parse.BranchNode) {
	v.settleList(b.List)
	v.settleList(b.ElseList)
}

// constant is what a pipe says that is t or site with a literal and nothing else.
func (v *voice) constant(p *parse.PipeNode) (text string, ok bool) {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 2 {
		return "", false
	}
	name, isName := p.Cmds[0].Args[0].(*parse.IdentifierNode)
	literal, isText := p.Cmds[0].Args[1].(*parse.StringNode)
	switch {
	case !isName || !isText:
		return "", false
	case name.Ident == "t":
		return v.say(literal.Text), true
	case name.Ident == "site":
		return v.site[literal.Text], true
	}
	return "", false
}
