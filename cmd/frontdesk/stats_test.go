package main

import (
	"strings"
	"testing"
	"time"
)

// TestStatsFromTheCommandLine: the figures of a day of the demo, in words and exact,
// agree; one conversation has its own; what cannot be counted is said.
func TestStatsFromTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	startHeadless(t, dir, "--seed", "3", "--speed", "0.01").stop(t)
	var all, one statsJSON
	readJSON(t, &all, "stats", "--dir", dir, "--json", "--days", "60")
	in := 0
	for _, v := range all.Hours {
		in += v.In
	}
	if in == 0 || all.Waiting.N == 0 || all.Delivery.Tried == 0 || len(all.Agents) == 0 || len(all.Hours) != 24 || len(all.Days) != 60 {
		t.Errorf("%d in, %+v", in, all)
	}
	out, err := frontdesk(t, "stats", "--dir", dir, "--days", "60")
	if err != nil || !strings.Contains(string(out), "First response") || !strings.Contains(string(out), "Waiting now") {
		t.Errorf("%s, %v", out, err)
	}
	var rows []conversationJSON
	readJSON(t, &rows, "conversations", "list", "--dir", dir, "--json")
	readJSON(t, &one, "stats", "--dir", dir, "--json", "--days", "60", "--conversation", rows[0].ID)
	few := 0
	for _, v := range one.Hours {
		few += v.In
	}
	if few == 0 || few >= in {
		t.Errorf("of one conversation %d came in, of all %d", few, in)
	}
	for what, args := range map[string][]string{
		"is no day": {"--from", "yesterday"}, "is no number of days": {"--days", "0"},
		"no such span": {"--from", "2026-11-30", "--to", "2026-11-01"}, "there is no inbox": {"--account", "nobody"},
	} {
		out, err := frontdesk(t, append([]string{"stats", "--dir", dir}, args...)...)
		if err == nil || !strings.Contains(err.Error()+string(out), what) {
			t.Errorf("%v: %s %v", args, out, err)
		}
	}
}

// TestStatsSpan: whole days, the last one counted too, in the zone of the machine.
func TestStatsSpan(t *testing.T) {
	zone := time.FixedZone("here", -6*3600)
	now := time.Date(2026, 11, 30, 20, 0, 0, 0, zone)
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, zone) }
	for _, c := range []struct {
		days         int
		from, to     string
		first, after int
	}{{1, "", "", 30, 31}, {7, "", "", 24, 31}, {7, "2026-11-02", "", 2, 31}, {7, "2026-11-02", "2026-11-02", 2, 3}, {2, "", "2026-11-10", 9, 11}} {
		from, to, err := statsSpan(now, c.days, c.from, c.to)
		if err != nil || !from.Equal(day(c.first)) || !to.Equal(day(c.after)) {
			t.Errorf("%+v: %v to %v, %v", c, from, to, err)
		}
	}
}
