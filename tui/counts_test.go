package tui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
)

// However many changes come, the counts are read once, and once more after the
// pause.
func TestCountsAreCoalesced(t *testing.T) {
	a := New(t.Context(), options(storetest.New(t)))
	var pauses []func(time.Time) tea.Msg
	a.tick = func(_ context.Context, d time.Duration, f func(time.Time) tea.Msg) tea.Cmd {
		if d == countsPause {
			pauses = append(pauses, f)
		}
		return nil
	}
	reading := 0
	change := func() {
		if a.readCounts() != nil {
			reading++
		}
	}
	for range 1000 {
		change()
	}
	if reading != 1 {
		t.Fatalf("read %d times at once, want 1", reading)
	}
	a.Update(countsMsg{})
	for range 1000 {
		change()
	}
	if reading != 1 || len(pauses) != 1 {
		t.Fatalf("within the pause read %d times with %d pauses, want 1 and 1", reading, len(pauses))
	}
	if _, cmd := a.Update(pauses[0](time.Time{})); cmd == nil {
		t.Fatal("what changed within the pause is never read")
	}
	a.Update(countsMsg{})
	if _, cmd := a.Update(pauses[1](time.Time{})); cmd != nil {
		t.Error("nothing changed and the counts are read again")
	}
	change()
	if reading != 2 {
		t.Error("after a quiet pause a change is not read at once")
	}
}

// The status line says each trouble in words, and the screen of least room
// keeps the gravest.
func TestStatusLineSaysEachTrouble(t *testing.T) {
	now := storetest.Now
	live := LinkState{Live: true, LastWebhook: now.Add(-5 * time.Minute)}
	paused := store.PausedAccount{Account: storetest.Account, Error: &provider.Error{Text: "the token has expired"}}
	for _, c := range []struct {
		name   string
		link   LinkState
		counts store.Counts
		want   []string
	}{
		{"quiet", live, store.Counts{}, []string{"● live", "0 behind", "webhook 5m ago", "outbox empty"}},
		{"no webhook yet", LinkState{Live: true}, store.Counts{}, []string{"no webhook yet"}},
		{"first connection", LinkState{}, store.Counts{}, []string{"✗ connecting"}},
		{
			"offline",
			LinkState{Since: now.Add(-time.Hour), Behind: 12, Trouble: "the relay does not answer"},
			store.Counts{},
			[]string{"✗ offline since 11:05", "the relay does not answer", "12 behind"},
		},
		{"behind", LinkState{Live: true, Behind: 3}, store.Counts{}, []string{"● live", "3 behind"}},
		{
			"paused", live,
			store.Counts{Outbox: store.OutboxCounts{Paused: []store.PausedAccount{paused}}},
			[]string{"paused, Ctrl+K resumes: the token has expired"},
		},
		{
			"paused and tried", live,
			store.Counts{Outbox: store.OutboxCounts{Paused: []store.PausedAccount{{Account: storetest.Account, Trying: true}}}},
			[]string{"paused, tried again"},
		},
		{
			"outbox", live,
			store.Counts{Unsure: 4, Outbox: store.OutboxCounts{Queued: 1, Held: 2, Sending: 3, Unsure: 1, Failed: 5}},
			[]string{"1 queued", "2 held", "3 sending", "4 unsure", "5 failed"},
		},
		{
			"ailing", live,
			store.Counts{Ailing: []store.AilingAccount{{Account: storetest.Account, What: "quality", Word: "red\x1b[0m"}}},
			[]string{"quality red"},
		},
		{"unsure for long", live, store.Counts{Unsure: 4, LongUnsure: 2}, []string{"4 unsure, 2 over 10 min"}},
		{"not applied", live, store.Counts{Aside: 3}, []string{"3 not applied"}},
		{"not shared, not understood", live, store.Counts{Unpublished: 6, Quarantined: 7}, []string{"6 not shared yet", "7 not understood"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options(storetest.New(t))
			o.Link = func() LinkState { return c.link }
			s := start(t, o, 200, 40)
			s.WaitText("Mine 3")
			s.Send(countsMsg{counts: c.counts})
			for _, want := range c.want {
				if got := status(s); !strings.Contains(got, want) {
					t.Errorf("%q does not say %q", got, want)
				}
			}
		})
	}
}

// TestAPauseIsToldOnAnyScreen: what stands still and which key helps is there in
// 80 columns as well; of the reason, what there is room for.
func TestAPauseIsToldOnAnyScreen(t *testing.T) {
	paused := store.PausedAccount{Account: storetest.Account, Error: &provider.Error{
		Text: "The access token has expired. Ask an administrator for a new one.",
	}}
	counts := store.Counts{Outbox: store.OutboxCounts{Queued: 3, Paused: []store.PausedAccount{paused}}}
	for w, want := range map[int]string{
		80:  "● Support paused, Ctrl+K resumes",
		160: "Support paused, Ctrl+K resumes: The access token has",
	} {
		s := start(t, options(storetest.New(t)), w, 24)
		s.WaitText("Mine 3")
		got := ""
		for range 1000 { // the inbox's name is read beside the counts
			s.Send(countsMsg{counts: counts})
			if got = status(s); strings.Contains(got, want) {
				break
			}
		}
		if !strings.Contains(got, want) {
			t.Errorf("%d columns: %q does not say %q", w, got, want)
		}
	}
}

// TestGoNamesEveryKey: the keys after g are all there at every width, and as many
// of their words as fit.
func TestGoNamesEveryKey(t *testing.T) {
	for w, want := range map[int]string{
		40:  "g · muacltsdrf@b ",
		80:  "g · m mine · u unassigned · a c l t s d r f @ b ",
		160: "g · m mine · u unassigned · a all · c closing · l late · t due · s snoozed · d r f @ b ",
	} {
		s := start(t, options(storetest.New(t)), w, 24)
		everything(s)
		s.Press("g")
		if got := status(s); !strings.Contains(got, want) || strings.Contains(got, "…") {
			t.Errorf("%d columns: %q does not say %q", w, got, want)
		}
	}
}

// TestAClosedWindowOffersTheTemplate: the first key that is named is one that
// does what it says.
func TestAClosedWindowOffersTheTemplate(t *testing.T) {
	d := newDesk(t, storetest.New(t), storetest.Now)
	line := func() string {
		lines := strings.Split(d.shows(), "\n")
		return lines[len(lines)-1]
	}
	for _, where := range []focus{onList, onThread} {
		drain(d.App, d.show(storetest.ID(storetest.Yuki), 0))
		drain(d.App, d.setFocus(where))
		if got := line(); !strings.Contains(got, "t template") || strings.Contains(got, "r reply") {
			t.Errorf("closed, focus %d: %q", where, got)
		}
		drain(d.App, d.show(storetest.ID(storetest.Grace), 0))
		if got := line(); !strings.Contains(got, "r reply") || strings.Contains(got, "t template") {
			t.Errorf("open, focus %d: %q", where, got)
		}
	}
}

// TestThePaletteShowsWholeSentences where the terminal has room for them.
func TestThePaletteShowsWholeSentences(t *testing.T) {
	d := newDesk(t, storetest.New(t), storetest.Now)
	d.send(tea.WindowSizeMsg{Width: 160, Height: 48})
	d.press("ctrl+k")
	if screen := d.shows(); !strings.Contains(screen, "select the next conversation; in the thread, the next message") {
		t.Errorf("cut:\n%s", screen)
	}
}

func TestStatusLineKeepsTheGravest(t *testing.T) {
	offline := LinkState{Since: storetest.Now.Add(-time.Hour), Trouble: "x"}
	live := LinkState{Live: true, LastWebhook: storetest.Now}
	counts := store.Counts{Outbox: store.OutboxCounts{Queued: 1}, Unsure: 4, Quarantined: 2}
	held := store.Counts{Outbox: store.OutboxCounts{Queued: 2, Held: 7}, Unsure: 1}
	more := store.Counts{Outbox: store.OutboxCounts{Queued: 2, Held: 7, Failed: 3}, Unsure: 1, Quarantined: 2, Aside: 1}
	for _, c := range []struct {
		w      int
		link   LinkState
		counts store.Counts
		said   string
		want   []string
		none   []string
	}{
		{80, offline, counts, "", []string{"offline since 11:05", "4 unsure"}, nil},
		{40, offline, counts, "", []string{"offline"}, nil},
		{80, live, held, "", []string{"● live", "1 unsure", "7 held", "r reply"}, nil},
		{80, live, more, "", []string{"●", "1 unsure", "7 held", "3 failed", "2 not understood", "1 not applied"}, []string{"live", "queued"}},
		{40, live, held, "", []string{"●", "1 unsure", "7 held"}, []string{"live", "reply"}},
		{40, live, more, "", []string{"●", "1 unsure", "3 failed"}, []string{"live", "reply"}},
		{40, live, held, "marked somebody with a long name unread", []string{"●", "1 unsure", "marked"}, []string{"live"}},
		{40, live, store.Counts{}, "", []string{"● live", "j/k move"}, nil},
	} {
		o := options(storetest.New(t))
		o.Link = func() LinkState { return c.link }
		s := start(t, o, c.w, 24)
		s.WaitFor(func(screen string) bool { // the keys are those of a conversation
			return strings.Contains(screen, "Mine 3") && selectedIn(screen) != ""
		})
		s.Send(countsMsg{counts: c.counts})
		if c.said != "" {
			s.Send(wroteMsg{order: 1 << 20, said: c.said})
		}
		for _, want := range c.want {
			if got := status(s); !strings.Contains(got, want) {
				t.Errorf("%d columns: %q does not say %q", c.w, got, want)
			}
		}
		for _, none := range c.none {
			if got := status(s); strings.Contains(got, none) {
				t.Errorf("%d columns: %q has room for %q", c.w, got, none)
			}
		}
		if got := len([]rune(status(s))); got > c.w {
			t.Errorf("the line has %d cells of %d: %s", got, c.w, fmt.Sprint(status(s)))
		}
	}
}
