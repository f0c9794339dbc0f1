package store_test

import (
	"encoding/json"
	"testing"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

func canned(name, text string) event.Set {
	value, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		panic(err)
	}
	return event.Set{What: event.SettingCanned, Name: name, Value: value}
}

func (w *world) settings(what event.Setting) []store.Setting {
	w.t.Helper()
	list, err := w.s.Settings(w.ctx, what)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// of the team: an event of no conversation and no account.
func (w *world) team(id string, by event.AgentID, body event.Body) event.Event {
	e := w.log.Event(id, "", body)
	e.Account, e.By = "", by
	return e
}

func TestASettingIsShownAtOnceAndBecomesTheTeams(t *testing.T) {
	w := newWorld(t)
	watch := w.s.Watch()
	defer watch.Close()
	op, err := w.s.Set(w.ctx, canned("hi", "hello"))
	if err != nil {
		t.Fatal(err)
	}
	if list := w.settings(event.SettingCanned); len(list) != 1 || !list[0].Pending || list[0].By != storetest.Ana || string(list[0].Value) != `{"text":"hello"}` {
		t.Errorf("pending: %+v", list)
	}
	if list := w.settings(event.SettingMacro); len(list) != 0 {
		t.Errorf("of another kind: %+v", list)
	}
	if waits, err := w.s.Publishing(w.ctx, op); !waits || err != nil {
		t.Errorf("it waits: %v, %v", waits, err)
	}
	if pubs := w.unpublished(); len(pubs) != 1 || pubs[0].ID != op || pubs[0].Conversation != "" || pubs[0].Account != "" || pubs[0].Expect != nil {
		t.Fatalf("to publish: %+v", pubs)
	}
	if err := w.s.Published(w.ctx, op, w.log.Seq()+1); err != nil {
		t.Fatal(err)
	}
	if list := w.settings(event.SettingCanned); len(list) != 1 || len(w.unpublished()) != 0 {
		t.Errorf("accepted, not confirmed: %+v", list)
	}
	watch.Take()
	w.apply(w.team(string(op), storetest.Ana, canned("hi", "hello")))
	if list := w.settings(event.SettingCanned); len(list) != 1 || list[0].Pending || !watch.Take().Settings {
		t.Errorf("confirmed: %+v", list)
	}
	if waits, err := w.s.Publishing(w.ctx, op); waits || err != nil {
		t.Errorf("confirmed, and it waits: %v, %v", waits, err)
	}
	w.apply(w.team("b", storetest.Ben, canned("hi", "good day")), w.team("c", storetest.Ben, canned("bye", "so long")))
	if list := w.settings(event.SettingCanned); len(list) != 2 || list[0].Name != "bye" || list[1].By != storetest.Ben {
		t.Errorf("of a colleague: %+v", list)
	}
	if _, err := w.s.Set(w.ctx, event.Set{What: event.SettingCanned, Name: "hi"}); err != nil {
		t.Fatal(err)
	}
	if list := w.settings(event.SettingCanned); len(list) != 1 || list[0].Name != "bye" {
		t.Errorf("removed here: %+v", list)
	}
	w.apply(w.team("d", storetest.Ben, event.Set{What: event.SettingCanned, Name: "bye", Value: json.RawMessage("null")}))
	if list := w.settings(event.SettingCanned); len(list) != 0 {
		t.Errorf("removed by the team: %+v", list)
	}
}

// The echo may come before the relay's answer to our request.
func TestASettingsEchoMayComeFirst(t *testing.T) {
	w := newWorld(t)
	op, err := w.s.Set(w.ctx, canned("hi", "hello"))
	if err != nil {
		t.Fatal(err)
	}
	e := w.team("other", storetest.Ben, canned("x", "y"))
	w.apply(e)
	if err := w.s.Published(w.ctx, op, e.Seq); err != nil { // it is behind us already
		t.Fatal(err)
	}
	if n := len(rawQuery(t, w.path, "select * from intent_publication")); n != 0 {
		t.Errorf("%d publications are left", n)
	}
}

func TestARefusedSettingIsTakenBackAndTold(t *testing.T) {
	w := newWorld(t)
	op, err := w.s.Set(w.ctx, canned("hi", "hello"))
	if err != nil {
		t.Fatal(err)
	}
	watch := w.s.Watch()
	defer watch.Close()
	if err := w.s.RefusePublication(w.ctx, op, storetest.Ben, "Only a supervisor may. Ask one."); err != nil {
		t.Fatal(err)
	}
	told := watch.Take()
	if len(told.Notices) != 1 || told.Notices[0].Kind != store.NoticeRefused || told.Notices[0].By != storetest.Ben || len(w.settings(event.SettingCanned)) != 0 {
		t.Errorf("told %+v, settings %+v", told, w.settings(event.SettingCanned))
	}
}

func TestASettingNeedsAName(t *testing.T) {
	w := newWorld(t)
	if _, err := w.s.Set(w.ctx, canned(" ", "hello")); err == nil || len(w.unpublished()) != 0 {
		t.Errorf("error %v, to publish %v", err, w.unpublished())
	}
}

func TestAnAgentSaysWhetherTheyTakeConversations(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Agent(storetest.Ana, "Ana"), w.team("s", storetest.Ben, event.AgentDefined{Agent: storetest.Ben, Role: event.RoleSupervisor}))
	op, err := w.s.Available(w.ctx, event.AvailableBusy)
	if err != nil {
		t.Fatal(err)
	}
	w.apply(w.team(string(op), storetest.Ana, event.Available{State: event.AvailableBusy}))
	list, err := w.s.Agents(w.ctx)
	if err != nil || len(list) != 2 || list[0].Available != event.AvailableBusy || list[1].Available != "" || list[1].Role != event.RoleSupervisor {
		t.Errorf("agents %+v, %v", list, err)
	}
}

func TestABroadcastIsDefinedStagedAndEnded(t *testing.T) {
	w := newWorld(t)
	d := event.Broadcast{ID: "b1", Name: "spring", Recipients: 3}
	op, err := w.s.DefineBroadcast(w.ctx, storetest.Account, d)
	if err != nil {
		t.Fatal(err)
	}
	if pubs := w.unpublished(); len(pubs) != 1 || pubs[0].Account != storetest.Account {
		t.Fatalf("to publish: %+v", pubs)
	}
	w.apply(w.log.Event(string(op), "", d))
	for i, to := range []event.BroadcastStage{event.BroadcastPaused, event.BroadcastCancelled, event.BroadcastRunning} {
		op, err := w.s.StageBroadcast(w.ctx, storetest.Account, event.BroadcastState{ID: "b1", State: to, Why: "because"})
		if err != nil {
			t.Fatal(err)
		}
		w.apply(w.log.Event(string(op), "", event.BroadcastState{ID: "b1", State: to, Why: "because"}))
		want := []event.BroadcastStage{event.BroadcastPaused, event.BroadcastCancelled, event.BroadcastCancelled}[i]
		list, err := w.s.Broadcasts(w.ctx)
		if err != nil || len(list) != 1 || list[0].Stage != want || list[0].Name != "spring" || list[0].Account != storetest.Account {
			t.Errorf("%s: %+v, %v", to, list, err)
		}
	}
}

// TestWhatTheTeamSharesOutlivesARebuild: what is not published yet is carried,
// as an action is.
func TestWhatTheTeamSharesOutlivesARebuild(t *testing.T) {
	path := unpack(t, 2)
	s, err := store.Open(t.Context(), direct(path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Set(t.Context(), canned("hi", "hello")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Rebuild(t.Context(), direct(path), refilled); err != nil {
		t.Fatal(err)
	}
	again, err := store.Open(t.Context(), direct(path))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	list, err := again.Settings(t.Context(), event.SettingCanned)
	if err != nil || len(list) != 1 || !list[0].Pending {
		t.Errorf("settings %+v, %v", list, err)
	}
	if pubs, err := again.Unpublished(t.Context(), 100); err != nil || pubs[len(pubs)-1].Body.Kind() != event.KindSet {
		t.Errorf("to publish %+v, %v", pubs, err)
	}
}
