package web

import (
	"html/template"
	"text/template/parse"
)

// settle replaces what always says the same, {{t "…"}}, by what it says: most of a page
// is such texts, and looking each up again took more time than all the rest.
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
			if text, ok := constant(n.Pipe); ok {
				said := template.HTMLEscapeString(v.say(text))
				list.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(said)}
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

// constant is the text of a pipe that is t with a literal and nothing else.
func constant(p *parse.PipeNode) (text string, ok bool) {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 2 {
		return "", false
	}
	name, isName := p.Cmds[0].Args[0].(*parse.IdentifierNode)
	literal, isText := p.Cmds[0].Args[1].(*parse.StringNode)
	if !isName || !isText || name.Ident != "t" {
		return "", false
	}
	return literal.Text, true
}
