package overlay

import (
	"slices"
	"strings"

	"frontdesk/provider"
)

// ordered sorts the list: what may be sent, what the network suggests, the
// contact's language, recently used, then by name.
func ordered(d PickerData) []provider.Template {
	list := slices.Clone(d.Templates)
	slices.SortStableFunc(list, func(a, b provider.Template) int {
		if n := order(sendable(&a), sendable(&b)); n != 0 {
			return n
		}
		if n := d.suggestion(&a) - d.suggestion(&b); n != 0 {
			return n
		}
		if n := nearness(b.Language, d.Conversation.Language) - nearness(a.Language, d.Conversation.Language); n != 0 {
			return n
		}
		if n := d.Use[useKey(&b)].LastUsed.Compare(d.Use[useKey(&a)].LastUsed); n != 0 {
			return n
		}
		if n := strings.Compare(a.Name, b.Name); n != 0 {
			return n
		}
		return strings.Compare(a.Language, b.Language)
	})
	return list
}

// suggestion is a template's place among those the network suggests, else behind
// them all.
func (d *PickerData) suggestion(t *provider.Template) int {
	if i := slices.Index(d.Suggested, t.Name); i >= 0 {
		return i
	}
	return len(d.Suggested)
}

func (d *PickerData) suggests(t *provider.Template) bool { return d.suggestion(t) < len(d.Suggested) }

func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func sendable(t *provider.Template) bool { return t.Status == provider.Approved }

func useKey(t *provider.Template) string { return t.Name + "/" + t.Language }

// nearness is how near a template's language is to the contact's: the same, the
// same but for the region, or another.
func nearness(tag, want string) int {
	tag, want = strings.ReplaceAll(tag, "_", "-"), strings.ReplaceAll(want, "_", "-")
	base, _, _ := strings.Cut(tag, "-")
	wantBase, _, _ := strings.Cut(want, "-")
	switch {
	case want == "" || !strings.EqualFold(base, wantBase):
		return 0
	case strings.EqualFold(tag, want):
		return 2
	}
	return 1
}

// filter chooses what the list shows: names that match, then templates whose
// words have the query. Within each the list's own order stays, so that the
// contact's language remains first.
func (p *Picker) filter() {
	query := strings.TrimSpace(p.query.Text())
	p.shown = rank(query, p.names)
	slices.Sort(p.shown)
	low := strings.ToLower(query)
	for i := range p.data.Templates {
		if query != "" && !slices.Contains(p.shown, i) && wording(&p.data.Templates[i], low) {
			p.shown = append(p.shown, i)
		}
	}
	p.clamp(len(p.shown))
}

// wording reports whether a part of the template has the query in it.
func wording(t *provider.Template, low string) bool {
	for _, c := range t.Components {
		if strings.Contains(strings.ToLower(c.Text), low) {
			return true
		}
	}
	return false
}
