package store_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// The chats of one account may have windows of their own: the list that is ordered
// by them and the view of those that close soon go by each chat's, also where the
// account became another network's after the chats were there; and the numbers of
// windows missed do.
func TestAChatsOwnWindow(t *testing.T) {
	opt := storetest.Options(filepath.Join(t.TempDir(), "store.db"), 0)
	opt.ChatWindow = func(_ string, n provider.Network, chat provider.ChatID) (provider.WindowRule, bool) {
		if n != provider.Telegram || !strings.Contains(string(chat), "@") {
			return provider.WindowRule{}, false
		}
		return provider.WindowRule{For: time.Hour, Outside: provider.Nothing}, true
	}
	s := storetest.OpenWith(t, opt)
	log := storetest.NewLog()
	wrote := storetest.Now.Add(-30 * time.Minute)
	apply := func(events ...event.Event) {
		t.Helper()
		if err := s.Apply(t.Context(), events); err != nil {
			t.Fatal(err)
		}
	}
	soon := func() (chats []provider.ChatID) {
		t.Helper()
		list, err := s.Conversations(t.Context(), store.ViewClosing, store.ConversationCursor{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			chats = append(chats, list[i].Chat)
		}
		return chats
	}
	apply(log.Account(), log.Inbound("5550001@bc1", "Ana", "hola", wrote), log.Inbound("5550001", "Ana", "hola", wrote))
	if got := soon(); len(got) != 0 {
		t.Errorf("on WhatsApp %v close soon", got)
	}
	apply(log.Event("account-2", "", event.AccountDefined{Account: provider.Account{ID: storetest.Account, Network: provider.Telegram}}))
	if got := soon(); len(got) != 1 || got[0] != "5550001@bc1" {
		t.Errorf("once it is Telegram's %v close soon", got)
	}
	apply(log.Inbound("5550002@bc1", "Ben", "hi", wrote), log.Inbound("5550002", "Ben", "hi", wrote))
	if got := soon(); len(got) != 2 {
		t.Errorf("%v close soon", got)
	}
	apply(log.Inbound("5550003@bc1", "Cleo", "hey", storetest.Now.Add(-3*time.Hour)), log.Inbound("5550003", "Cleo", "hey", storetest.Now.Add(-3*time.Hour)))
	st, err := s.Stats(t.Context(), store.StatsQuestion{From: storetest.Now.Add(-24 * time.Hour), To: storetest.Now.Add(time.Hour), Location: time.UTC})
	if err != nil || st.Missed != 1 {
		t.Errorf("%d windows were missed, %v", st.Missed, err)
	}
}
