package store

import (
	"fmt"

	"frontdesk/provider"
)

// moveWindows says anew when the windows of an account's conversations close: it has
// become another network's.
func (b *batch) moveWindows(a *account) error {
	usual := b.window(a)
	if err := b.exec(`update conversation set rev = rev + 1,
		closes_at = case when last_inbound > 0 and ?1 > 0 then last_inbound + ?1 else 0 end where account = ?2`, windowLength(usual), a.key); err != nil {
		return err
	}
	return b.closeByChat(a, usual)
}

// closeByChat says of the conversations whose chats differ from the account's usual
// one when their windows close.
func (b *batch) closeByChat(a *account, usual provider.WindowRule) error {
	if b.s.opt.ChatWindow == nil {
		return nil
	}
	lengths := map[int64]int64{}
	err := b.each("select key, chat from conversation where account = ?", []any{a.key}, func(scan func(...any) error) error {
		var key int64
		var chat provider.ChatID
		if err := scan(&key, &chat); err != nil {
			return err
		}
		if length := windowLength(b.s.chatWindow(a, chat, usual)); length != windowLength(usual) {
			lengths[key] = length
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read chats: %w", err)
	}
	for key, length := range lengths {
		if err := b.exec("update conversation set closes_at = case when last_inbound > 0 and ?1 > 0 then last_inbound + ?1 else 0 end where key = ?2",
			length, key); err != nil {
			return err
		}
	}
	return nil
}

// windowLength is how long a window is open whose end can be known, in
// milliseconds; 0 where none can.
func windowLength(rule provider.WindowRule) int64 {
	if rule.Blind {
		return 0
	}
	return rule.For.Milliseconds()
}
