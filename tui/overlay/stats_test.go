package overlay

import (
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
)

// statistics is the view with figures in it, at a section.
func statistics(l *line.Look, section int) *Stats {
	v := NewStats(l, safetext.Name("Elif \x1b[31m"))
	midnight := now().Truncate(24 * time.Hour)
	st := &store.Stats{
		From: midnight, To: midnight.AddDate(0, 0, 1), At: now(),
		Channels: []store.Channel{{Account: "a", Name: "Front desk \x1b[31m", Volume: store.Volume{In: 41, Out: 12}, Delivery: store.Delivery{Tried: 12, Sent: 11, Delivered: 9, Read: 4, Failed: 2, Unsure: 1}}},
		Delivery: store.Delivery{Tried: 12, Sent: 11, Delivered: 9, Read: 4, Failed: 2, Unsure: 1},
		Failures: []store.Failure{{Reason: provider.Undeliverable, Code: "131026", Text: "The number is not on WhatsApp.", N: 2}},
	}
	st.Hours[9], st.Hours[10], st.Hours[23] = store.Volume{In: 40, Out: 10}, store.Volume{In: 1}, store.Volume{Out: 2}
	v.SetStats(StatsWanted{Days: 1}, st)
	for range section {
		press(v, "tab")
	}
	return v
}

// TestStatsOfAnotherSpanAreDropped: figures that were counted before the span was
// changed are not shown as the new one's.
func TestStatsOfAnotherSpanAreDropped(t *testing.T) {
	v := statistics(look(), 0)
	if a := v.Key(key("7")); a != (action.Query{Text: "7"}) {
		t.Errorf("7 asks for %+v", a)
	}
	shown := func() string { return strings.Join(v.View(), "\n") }
	v.SetStats(StatsWanted{Days: 1}, &store.Stats{})
	if !strings.Contains(shown(), v.look.Words.Stats.Reading) || strings.Contains(shown(), "[Volume]") {
		t.Errorf("the old span is shown:\n%s", shown())
	}
	v.SetStats(StatsWanted{Days: 7}, &store.Stats{})
	if !strings.Contains(shown(), "[Volume]") {
		t.Errorf("the new span is not shown:\n%s", shown())
	}
	if a := v.Key(key("7")); a != nil {
		t.Errorf("the same span again asks for %+v", a)
	}
	if a := v.Key(key("c")); a != (action.Query{Text: "c"}) || v.Wanted() != (StatsWanted{7, true}) {
		t.Errorf("c asks for %+v of %+v", a, v.Wanted())
	}
	v.SetStats(StatsWanted{Days: 7}, &store.Stats{})
	if strings.Contains(shown(), "[Volume]") || !strings.Contains(shown(), "with Elif") {
		t.Errorf("all is shown for one:\n%s", shown())
	}
	nobody := NewStats(look(), safetext.Text{})
	if a := nobody.Key(key("c")); a != nil || nobody.Wanted().Only {
		t.Errorf("of nobody: %+v", a)
	}
}

// TestBarsAreHonest: a bar is never longer than its room, what is not there has no
// cell and what is there has one.
func TestBarsAreHonest(t *testing.T) {
	for _, c := range [][3]int{{0, 0, 0}, {1, 0, 1000}, {999, 1, 1000}, {1, 999, 1000}, {500, 500, 1000}, {1000, 0, 1000}} {
		v := statistics(look(), 0)
		st := &store.Stats{}
		st.Hours[0], st.Hours[1] = store.Volume{In: c[0], Out: c[1]}, store.Volume{In: c[2]}
		v.SetStats(StatsWanted{Days: 1}, st)
		for _, row := range v.View() {
			if !strings.Contains(row, "00:00") {
				continue
			}
			if (c[0] > 0) != strings.Contains(row, barIn) || (c[1] > 0) != strings.Contains(row, barOut) {
				t.Errorf("%v: %q", c, row)
			}
		}
	}
}
