package strings

import (
	"maps"
	"slices"

	"frontdesk/provider"
)

// kindRows says what is other in each kind of chat than in the usual one; no row where
// all chats are alike.
func kindRows(t provider.Tables) AbilityGroup {
	group := AbilityGroup{Title: "In other chats"}
	usual := map[string]AbilityRow{}
	for _, g := range abilityGroups(t.Usual) {
		for _, r := range g.Rows {
			usual[r.What] = r
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(t.Kinds)) {
		for _, g := range abilityGroups(t.Kinds[kind]) {
			for _, r := range g.Rows {
				if r == usual[r.What] {
					continue
				}
				r.What = "In a " + string(kind) + ": " + r.What
				group.Rows = append(group.Rows, r)
			}
		}
		for _, g := range abilityGroups(t.Usual) {
			for _, r := range g.Rows {
				if !hasRow(t.Kinds[kind], r.What) {
					group.Rows = append(group.Rows, AbilityRow{What: "In a " + string(kind) + ": " + r.What, Says: "no"})
				}
			}
		}
	}
	return group
}

func hasRow(c *provider.Capabilities, what string) bool {
	return slices.ContainsFunc(abilityGroups(c), func(g AbilityGroup) bool {
		return slices.ContainsFunc(g.Rows, func(r AbilityRow) bool { return r.What == what })
	})
}
