package main

import (
	"fmt"
	"html"
	"io"
	"strings"

	"frontdesk/store"
)

// webPage writes one page that needs no other file and asks nothing of any network: no
// script, no link, and pictures alone that stand in it. Its policy says the same to
// the browser, should an escape be missing.
type webPage struct{ document }

const pageHead = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"/>
<meta name="viewport" content="width=device-width"/>
<title>frontdesk</title>
<style>
body { font: 16px/1.5 sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; }
article { margin: 0 0 1em; padding: .5em .8em; border-left: .25em solid #999; }
article.out { border-left-style: double; }
article.aside { border-left-style: dotted; font-style: italic; }
header { font-size: .85em; }
p { margin: .2em 0; white-space: pre-wrap; overflow-wrap: anywhere; }
img { max-width: 100%; }
</style>
</head>
<body>
`

func (p webPage) begin() error { return p.write(pageHead) }

func (p webPage) end() error { return p.write("</body>\n</html>\n") }

func (p webPage) write(s string) error {
	_, err := io.WriteString(p.w, s)
	return err
}

func (p webPage) conversation(c conversationJSON) error {
	name, facts := p.headOf(&c)
	var b strings.Builder
	fmt.Fprintf(&b, "<h1 dir=\"auto\">%s</h1>\n<ul>\n", html.EscapeString(name))
	for _, f := range facts {
		fmt.Fprintf(&b, "<li>%s</li>\n", html.EscapeString(f))
	}
	b.WriteString("</ul>\n")
	return p.write(b.String())
}

func (p webPage) message(c conversationJSON, of *store.Conversation, row *store.Message) error {
	e := p.entryOf(&c, of, row)
	class := "in"
	switch {
	case e.aside:
		class = "aside"
	case row.Direction == store.Outgoing:
		class = "out"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<article class=\"%s\">\n<header><b dir=\"auto\">%s</b> %s <i>%s</i></header>\n", class,
		html.EscapeString(e.who), html.EscapeString(e.when), html.EscapeString(e.state))
	if e.shown != nil {
		fmt.Fprintf(&b, "<img alt=\"%s\" src=\"%s\"/>\n", html.EscapeString(e.file), e.shown.data())
	} else if e.file != "" {
		fmt.Fprintf(&b, "<p dir=\"auto\">file: %s</p>\n", html.EscapeString(e.file))
	}
	if e.text != "" {
		fmt.Fprintf(&b, "<p dir=\"auto\">%s</p>\n", html.EscapeString(e.text))
	}
	b.WriteString("</article>\n")
	return p.write(b.String())
}
