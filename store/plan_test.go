package store

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
)

func openForPlans(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{
		Path: filepath.Join(t.TempDir(), "store.db"), Agent: "ana", Now: time.Now,
		NewOp: func() provider.OpID { return "op" },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// plan is how SQLite would answer a query.
func plan(t *testing.T, s *Store, q string, args ...any) string {
	t.Helper()
	rows, err := s.read.QueryContext(t.Context(), "explain query plan "+q, args...)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	if err := eachRow(rows, func(scan func(...any) error) error {
		var id, parent, unused int
		var detail string
		err := scan(&id, &parent, &unused, &detail)
		lines = append(lines, detail)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

func TestEveryViewReadsItsIndexInOrder(t *testing.T) {
	s := openForPlans(t)
	index := func(v View) string {
		switch v {
		case ViewUnsure: // is part of it
			v = ViewFailed
		case ViewLate: // what was due
			v = ViewDue
		}
		return "view_" + string(v)
	}
	for _, v := range allViews {
		if v == ViewMentions { // few at a time, and none has a place in an order of its own
			continue
		}
		view, err := s.view(v)
		if err != nil {
			t.Fatal(err)
		}
		for name, from := range map[string]ConversationCursor{"top": {}, "deep": {At: 5, ID: "c_x"}} {
			for _, backwards := range []bool{false, true} {
				q, args := view.query(from, backwards, need{}, 50)
				got := plan(t, s, q, args...)
				if !strings.Contains(got, "SEARCH c USING INDEX "+index(v)) && !strings.Contains(got, "SCAN c USING INDEX "+index(v)) ||
					strings.Contains(got, "TEMP B-TREE") {
					t.Errorf("%s, %s, backwards %v:\n%s", v, name, backwards, got)
				}
			}
		}
		if got := plan(t, s, "select count(*) from conversation c where "+view.where, view.args...); !strings.Contains(got, index(v)) {
			t.Errorf("count of %s:\n%s", v, got)
		}
		q, args := view.holds("c_x")
		if got := plan(t, s, q, args...); !strings.Contains(got, "(id=?)") {
			t.Errorf("whether %s holds one:\n%s", v, got)
		}
	}
}

func TestMentionsAreFoundByWhomTheyCall(t *testing.T) {
	s := openForPlans(t)
	view, err := s.view(ViewMentions)
	if err != nil {
		t.Fatal(err)
	}
	q, args := view.query(ConversationCursor{At: 5, ID: "c_x"}, false, need{}, 50)
	got := plan(t, s, q, args...)
	if !strings.Contains(got, "SEARCH n USING PRIMARY KEY (agent=?)") || !strings.Contains(got, "SEARCH c USING INTEGER PRIMARY KEY") {
		t.Errorf("mentions:\n%s", got)
	}
}

func TestNoQueryScansATable(t *testing.T) {
	s := openForPlans(t)
	queries := map[string]string{
		"thread":       selectMessage + " where m.conversation = 1 and m.kind <> 'reaction' and m.key < 1 order by m.key desc limit 50",
		"send by op":   selectSending + " where m.op = 'a'",
		"conversation": selectConversation + " where c.id = 'a'",
		"trouble": `select count(*) from message where conversation = 1 and direction = 'out' and settled = 0
			and (job in ('failed', 'unsure') or status = 2)`,
		"waiting": "select seq from waiting where account = 1 and (network_id = 'a' or op = 'b')",
	}
	for name, q := range queries {
		got := plan(t, s, q)
		if strings.Contains(got, "SCAN") || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
	for _, table := range []string{"SCAN c\n", "SCAN x", "SCAN a\n"} {
		for _, q := range []string{selectDue, selectDueOfMany} {
			if got := plan(t, s, q, 1); strings.Contains(got, table) {
				t.Errorf("claim:\n%s", got)
			}
		}
	}
}
