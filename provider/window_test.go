package provider

import (
	"testing"
	"time"
)

// A tag is named where the window has closed, a person's answer may still go, and
// only then.
func TestTag(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	rule := WindowRule{For: 24 * time.Hour, Outside: TaggedOnly, TaggedFor: 7 * 24 * time.Hour, Tags: []string{"human_agent"}}
	for name, c := range map[string]struct {
		rule   WindowRule
		last   time.Time
		after  time.Duration
		tagged bool
	}{
		"open":           {rule, at, time.Hour, false},
		"closed":         {rule, at, 24 * time.Hour, true},
		"the last of it": {rule, at, 7*24*time.Hour - 1, true},
		"over":           {rule, at, 7 * 24 * time.Hour, false},
		"never wrote":    {rule, time.Time{}, time.Hour, false},
		"templates only": {WindowRule{For: 24 * time.Hour, Outside: TemplatesOnly, Tags: rule.Tags, TaggedFor: rule.TaggedFor}, at, 25 * time.Hour, false},
		"no tag":         {WindowRule{For: 24 * time.Hour, Outside: TaggedOnly, TaggedFor: rule.TaggedFor}, at, 25 * time.Hour, false},
		"no window":      {WindowRule{}, at, 25 * time.Hour, false},
	} {
		now := at.Add(c.after)
		tag, until := c.rule.Tag(c.last, now)
		if (tag == "human_agent") != c.tagged || c.tagged != until.Equal(at.Add(7*24*time.Hour)) && c.tagged {
			t.Errorf("%s: %q until %v", name, tag, until)
		}
		caps := &Capabilities{Text: Limit{}, Send: map[ContentKind]Level{Text: Full}, Window: c.rule}
		if err := caps.Check(Outgoing{Content: TextContent("x"), Tag: tag}, c.last, now); c.tagged && err != nil {
			t.Errorf("%s: with its tag it is refused: %v", name, err)
		}
	}
}
