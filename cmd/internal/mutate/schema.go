package main

import (
	_ "embed"
	"fmt"
	"go/token"
	"path/filepath"
	"strings"
)

// helper is the file that a package gets for the time of its test: which mutant
// it is, and what the rewritten operators call.
//
//go:embed helper.txt
var helper string

// A mutant is the code with one operator in the place of another.
type mutant struct {
	id      int
	at      token.Position // with a base name
	was     token.Token
	becomes token.Token // ILLEGAL: the operator is gone
	folder  string
}

func (m mutant) String() string {
	place := place(m.folder, m.at)
	if m.becomes == token.ILLEGAL {
		return fmt.Sprintf("%s  no %s", place, m.was)
	}
	return fmt.Sprintf("%s  %s for %s", place, m.becomes, m.was)
}

// schema is a package with all of its mutants inside.
type schema struct {
	files   map[string]string // by base name, the helper among them
	mutants []mutant
	left    []token.Position
}

// write puts all mutants of the named files into a package.
func write(s *source, p part) (*schema, error) {
	f := &finder{source: s, swaps: swaps(), next: 1}
	out := &schema{files: map[string]string{}}
	for _, base := range p.files {
		file := s.files[base]
		if file == nil {
			return nil, fmt.Errorf("%s has no file %s", p.folder, base)
		}
		sites := f.find(file)
		w := writer{text: s.text[base], base: s.fset.File(file.FileStart)}
		out.files[base] = w.between(file.FileStart, file.FileEnd, sites)
		out.mutants = append(out.mutants, s.mutants(sites, p.folder)...)
	}
	for _, pos := range f.left {
		out.left = append(out.left, s.position(pos))
	}
	out.files["mutate_helper.go"] = fmt.Sprintf(helper, s.name, f.next)
	return out, nil
}

func (s *source) position(p token.Pos) token.Position {
	at := s.fset.Position(p)
	at.Filename = filepath.Base(at.Filename)
	return at
}

// mutants are those of sites, and of the sites in them.
func (s *source) mutants(sites []*site, folder string) []mutant {
	var all []mutant
	for _, site := range sites {
		for i, becomes := range site.becomes {
			all = append(all, mutant{id: site.first + i, at: s.position(site.op), was: site.was, becomes: becomes, folder: folder})
		}
		all = append(all, s.mutants(site.inner, folder)...)
	}
	return all
}

// writer writes one file again.
type writer struct {
	text []byte
	base *token.File
}

// source is the text as it is.
func (w writer) source(from, to token.Pos) string {
	return string(w.text[w.base.Offset(from):w.base.Offset(to)])
}

// between is the text with the sites in it rewritten.
func (w writer) between(from, to token.Pos, sites []*site) string {
	var b strings.Builder
	for _, s := range sites {
		if s.node.Pos() < from || s.node.End() > to {
			continue // it is in the other operand
		}
		b.WriteString(w.source(from, s.node.Pos()))
		b.WriteString(w.site(s))
		from = s.node.End()
	}
	b.WriteString(w.source(from, to))
	return b.String()
}

// site writes an operator with its mutants. Of an expression only one reading
// is worked out, once, and no more of it than Go would: its mutants are beside
// it, not in it. Only the code as it is has further mutants inside.
func (w writer) site(s *site) string {
	from, to := s.node.Pos(), s.node.End()
	asItIs := w.between(from, to, s.inner)
	switch s.was {
	case token.INC, token.DEC, token.ADD_ASSIGN, token.SUB_ASSIGN, token.MUL_ASSIGN, token.QUO_ASSIGN:
		// A function, because a statement is wanted where an `if` may not stand.
		return fmt.Sprintf("func() { if mutateNot(%d, %d) { %s } else { %s } }()", s.first, s.last(), asItIs, w.with(s, s.becomes[0]))
	case token.ADD, token.SUB, token.MUL, token.QUO, token.REM:
		return w.sum(s)
	}
	var b strings.Builder
	b.WriteByte('(')
	for i, becomes := range s.becomes {
		fmt.Fprintf(&b, "mutateIs(%d) && (%s) || ", s.first+i, w.with(s, becomes))
	}
	fmt.Fprintf(&b, "mutateNot(%d, %d) && (%s))", s.first, s.last(), asItIs)
	return b.String()
}

// with is the text of a site with another operator.
func (w writer) with(s *site, becomes token.Token) string {
	op := becomes.String()
	if becomes == token.ILLEGAL {
		op = ""
	}
	return w.source(s.node.Pos(), s.op) + op + w.source(s.op+token.Pos(len(s.was.String())), s.node.End())
}

// sum writes an operator on numbers as a call, which works out each operand once.
func (w writer) sum(s *site) string {
	names := map[token.Token]string{token.ADD: "Add", token.SUB: "Sub", token.MUL: "Mul", token.QUO: "Quo", token.REM: "Rem"}
	name := names[s.was]
	all := operands(s.node)
	if len(all) == 1 {
		name = "Neg"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "mutate%s%s(%d", name, s.typ, s.first)
	for _, e := range all {
		b.WriteString(", " + w.between(e.Pos(), e.End(), s.inner))
	}
	b.WriteByte(')')
	return b.String()
}
