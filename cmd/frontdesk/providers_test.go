package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/all"
	words "frontdesk/tui/strings"
)

var writeProviders = flag.Bool("providers", false, "TestProvidersPage writes docs/providers.md")

// TestProvidersPage: docs/providers.md is what the drivers say of themselves, and
// what their contract tests hold them to.
func TestProvidersPage(t *testing.T) {
	const page = "../../docs/providers.md"
	want := providersPage(t)
	if *writeProviders {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil { //nolint:gosec // a page of the repository
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(page)
	if err != nil || string(have) != want {
		t.Errorf("docs/providers.md is not what the drivers say (%v): go test ./cmd/frontdesk -run TestProvidersPage -providers", err)
	}
}

func providersPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`# Providers

What each driver can do on each network, as its table says it: composer, outbox and verbs ask the same table. This page is made from the code
(` + "`go test ./cmd/frontdesk -run TestProvidersPage -providers`" + `); ` + "`frontdesk accounts show ID`" + ` and "what this inbox can do" in the palette show one inbox.

Below each table stand the rules its contract test holds the driver to: what the API's own document says, and what is assumed where it is silent.
`)
	for _, name := range all.Names() {
		fmt.Fprintf(&b, "\n## %s\n\n", name)
		matrix(&b, name)
		rules, err := os.ReadFile(filepath.Join("../../provider", name, "testdata", "rules.md"))
		if err == nil {
			b.WriteString("\n| | rule |\n|---|---|\n")
			for line := range strings.Lines(string(rules)) {
				if strings.HasPrefix(line, "| documented") || strings.HasPrefix(line, "| assumed") {
					b.WriteString(line)
				}
			}
		}
	}
	return b.String()
}

// matrix writes one table: a row for each thing, a column for each network.
func matrix(b *strings.Builder, name string) {
	w := words.English()
	networks := all.Networks(name)
	var tables []map[string]words.AbilityRow
	b.WriteString("| |")
	for _, n := range networks {
		b.WriteString(" " + w.Word.Network(n) + " |")
		rows := map[string]words.AbilityRow{}
		for _, g := range everyGroup(name, n) {
			for _, r := range g.Rows {
				rows[r.What] = r
			}
		}
		tables = append(tables, rows)
	}
	b.WriteString("\n|---" + strings.Repeat("|---", len(networks)) + "|\n")
	for _, what := range rowsOf(name, networks) {
		b.WriteString("| " + what + " |")
		for _, rows := range tables {
			b.WriteString(" " + strings.ReplaceAll(rows[what].Says, "|", "\\|") + " |")
		}
		b.WriteString("\n")
	}
}

// rowsOf are the rows that any network has, in the order of the first that has
// them.
func rowsOf(name string, networks []provider.Network) []string {
	var order []string
	seen := map[string]bool{}
	for _, n := range networks {
		for _, g := range everyGroup(name, n) {
			for _, r := range g.Rows {
				if !seen[r.What] {
					seen[r.What] = true
					order = append(order, r.What)
				}
			}
		}
	}
	return order
}

// everyGroup is what `accounts show` says of a network: its usual chat, then what is
// other in some.
func everyGroup(name string, n provider.Network) []words.AbilityGroup {
	w, tables := words.English().Ability, all.Tables(name, n)
	return append(w.Groups(tables.Usual), w.Kinds(tables))
}
