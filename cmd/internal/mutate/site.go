package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// A site is an operator that has mutants.
type site struct {
	// node is the whole expression or statement, op the operator in it.
	node ast.Node
	op   token.Pos
	was  token.Token
	// first is the number of its first mutant; the others follow.
	first int
	// becomes has the operator of each mutant. ILLEGAL is no operator at all.
	becomes []token.Token
	// typ is the type that numbers are counted in, in brackets, or empty where
	// the operands say it themselves.
	typ string
	// inner are the sites within node.
	inner []*site
}

func (s *site) last() int { return s.first + len(s.becomes) - 1 }

// swaps are the mutants of each operator: a comparison loses its boundary or is
// turned round, a sum becomes a difference.
func swaps() map[token.Token][]token.Token {
	return map[token.Token][]token.Token{
		token.LSS: {token.LEQ, token.GEQ},
		token.LEQ: {token.LSS, token.GTR},
		token.GTR: {token.GEQ, token.LEQ},
		token.GEQ: {token.GTR, token.LSS},
		token.EQL: {token.NEQ},
		token.NEQ: {token.EQL},

		token.LAND: {token.LOR},
		token.LOR:  {token.LAND},
		token.NOT:  {token.ILLEGAL},

		token.ADD: {token.SUB},
		token.SUB: {token.ADD},
		token.MUL: {token.QUO},
		token.QUO: {token.MUL},
		token.REM: {token.MUL},

		token.INC:        {token.DEC},
		token.DEC:        {token.INC},
		token.ADD_ASSIGN: {token.SUB_ASSIGN},
		token.SUB_ASSIGN: {token.ADD_ASSIGN},
		token.MUL_ASSIGN: {token.QUO_ASSIGN},
		token.QUO_ASSIGN: {token.MUL_ASSIGN},
	}
}

// finder collects the sites of files in the order they are written.
type finder struct {
	*source
	swaps map[token.Token][]token.Token
	next  int // the number of the next mutant
	// left are the operators that have no mutant because Go wants a constant
	// there, or a type that cannot be spelled.
	left []token.Pos
}

// find returns the outermost sites of a file; the others are in them.
func (f *finder) find(file *ast.File) []*site {
	top := &site{node: file}
	open := []*site{top}
	ast.PreorderStack(file, nil, func(n ast.Node, stack []ast.Node) bool {
		s := operator(n)
		if s == nil || f.swaps[s.was] == nil || f.elsewhere(s) {
			return true
		}
		if !f.changeable(s, stack) {
			f.left = append(f.left, s.op)
			return true
		}
		s.first, s.becomes = f.next, f.swaps[s.was]
		f.next += len(s.becomes)
		for open[len(open)-1].node.End() <= n.Pos() {
			open = open[:len(open)-1]
		}
		parent := open[len(open)-1]
		parent.inner = append(parent.inner, s)
		open = append(open, s)
		return true
	})
	return top.inner
}

// operator returns what a node does, or nil.
func operator(n ast.Node) *site {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		return &site{node: n, op: n.OpPos, was: n.Op}
	case *ast.UnaryExpr:
		return &site{node: n, op: n.OpPos, was: n.Op}
	case *ast.IncDecStmt:
		return &site{node: n, op: n.TokPos, was: n.Tok}
	case *ast.AssignStmt:
		return &site{node: n, op: n.TokPos, was: n.Tok}
	}
	return nil
}

// elsewhere reports whether an operator has another meaning here than the one
// it is changed for: texts are put together, a sign that changes nothing.
func (f *finder) elsewhere(s *site) bool {
	switch n := s.node.(type) {
	case *ast.BinaryExpr:
		return !yesNo(s.was) && !number(f.info.TypeOf(n))
	case *ast.UnaryExpr:
		return s.was == token.ADD
	case *ast.AssignStmt:
		return !number(f.info.TypeOf(n.Lhs[0]))
	}
	return false
}

// changeable reports whether the mutants of a site compile wherever the code
// does, and whether the code as it is means the same with them beside it.
func (f *finder) changeable(s *site, stack []ast.Node) bool {
	expr, ok := s.node.(ast.Expr)
	if !ok {
		return !f.recovers(s.node)
	}
	typ := f.info.TypeOf(expr)
	if f.constant(expr) && (yesNo(s.was) || f.mustBeConstant(expr, stack)) {
		return false
	}
	if yesNo(s.was) {
		return types.Identical(typ, types.Typ[types.Bool]) || types.Identical(typ, types.Typ[types.UntypedBool])
	}
	basic, ok := types.Unalias(typ).(*types.Basic)
	if !ok {
		_, generic := types.Unalias(typ).(*types.TypeParam)
		return !generic && f.sayTheirType(operands(expr))
	}
	s.typ = "[" + basic.Name() + "]"
	return basic.Info()&types.IsUntyped == 0 && f.fit(operands(expr), basic)
}

// yesNo reports whether an operator's answer is yes or no.
func yesNo(t token.Token) bool {
	switch t {
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ, token.LAND, token.LOR, token.NOT:
		return true
	}
	return false
}

func number(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsInteger|types.IsFloat) != 0
}

func operands(n ast.Node) []ast.Expr {
	switch e := n.(type) {
	case *ast.BinaryExpr:
		return []ast.Expr{e.X, e.Y}
	case *ast.UnaryExpr:
		return []ast.Expr{e.X}
	}
	return nil
}

func (f *finder) constant(e ast.Expr) bool { return f.info.Types[e].Value != nil }

// mustBeConstant reports whether Go takes nothing but a constant in the place
// of e, or works out a constant around it.
func (f *finder) mustBeConstant(e ast.Expr, stack []ast.Node) bool {
	child := ast.Node(e)
	for i := len(stack) - 1; i >= 0; i-- {
		switch n := stack[i].(type) {
		case *ast.ParenExpr:
		case *ast.ArrayType:
			return n.Len == child
		case *ast.KeyValueExpr:
			return n.Key == child
		case *ast.ValueSpec: // of a variable, unless the next one says const
		case *ast.GenDecl:
			return n.Tok == token.CONST
		case ast.Expr:
			return f.constant(n)
		default:
			return false
		}
		child = stack[i]
	}
	return false
}

// sayTheirType reports whether Go can tell from the operands alone what type
// they have, where that type has a name that this file may not know.
func (f *finder) sayTheirType(operands []ast.Expr) bool {
	said := false
	for _, e := range operands {
		if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && (b.Op == token.SHL || b.Op == token.SHR) {
			return false // a shifted constant takes its type from around it
		}
		said = said || f.saysItsType(e)
	}
	return said
}

func (f *finder) saysItsType(e ast.Expr) bool {
	if !f.constant(e) {
		return true
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return !untyped(f.info.Uses[e])
	case *ast.SelectorExpr:
		return !untyped(f.info.Uses[e.Sel])
	case *ast.CallExpr:
		return true
	case *ast.BinaryExpr, *ast.UnaryExpr:
		for _, o := range operands(e) {
			if f.saysItsType(o) {
				return true
			}
		}
	}
	return false
}

func untyped(o types.Object) bool {
	b, ok := o.Type().(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

// fit reports whether constants among the operands are of the type by
// themselves, and not only what is worked out of them: 2.5 * 2 is a whole number.
func (f *finder) fit(operands []ast.Expr, t *types.Basic) bool {
	for _, e := range operands {
		v := f.info.Types[e].Value
		if v != nil && t.Info()&types.IsInteger != 0 && constant.ToInt(v).Kind() != constant.Int {
			return false
		}
	}
	return true
}

// recovers reports whether a statement asks for a panic: it would not find it
// from within the function that it is wrapped in.
func (f *finder) recovers(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && f.info.Uses[id] == types.Universe.Lookup("recover")
		return !found
	})
	return found
}
