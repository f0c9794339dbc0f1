package outbox_test

import (
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// TestTemplatesOfADirectAccountAreListed: the team has the list of an account that
// only this terminal can ask, is told of a change and of nothing else, and a network
// that does not answer takes nothing away.
func TestTemplatesOfADirectAccountAreListed(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		o := w.ask()
		o.caps.TemplateList = provider.Full
		o.lists = []provider.Template{{ID: "7", Name: "order_ready", Language: "en", Status: provider.Approved}}
		_, stop := w.run()
		defer stop()
		told := func(want int) {
			t.Helper()
			list := w.published(event.KindTemplates)
			if len(list) != want {
				t.Fatalf("it was told %d times, want %d", len(list), want)
			}
			w.apply(event.Event{ID: "t", Account: "sales", Kind: event.KindTemplates, By: "ana", Body: list[want-1]})
		}
		told(1)
		pass(time.Hour)
		told(1)
		if n := len(o.listed); n != 7 {
			t.Errorf("it was asked %d times in an hour", n)
		}
		o.does(func() { o.lists[0].Status = provider.Paused })
		pass(10 * time.Minute)
		told(2)
		o.does(func() { o.fails = &provider.Error{Op: "templates", Reason: provider.Unreachable} })
		pass(time.Hour)
		told(2)
		o.does(func() { o.fails, o.lists = nil, nil })
		for range 60 { // whenever it is asked again
			if pass(time.Minute); len(w.published(event.KindTemplates)) > 2 {
				break
			}
		}
		told(3)
		list, err := w.store.Templates(t.Context(), "sales")
		if err != nil || len(list.Templates) != 0 || list.SyncedAt.IsZero() {
			t.Errorf("templates %+v, %v", list, err)
		}
	})
}
